"""Pages are opened as a person opens them: through app.py, with an address."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mlcore import training
from mlcore.training.cost import Estimate

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def no_measuring(monkeypatch):
    """The estimate loads Keras; tests/mlcore measures it."""
    monkeypatch.setattr(training, "estimate", lambda recipe: Estimate(12, 3_000_000, 4.0, 50.0))


@pytest.fixture(autouse=True)
def a_browser_that_keeps_its_history(monkeypatch):
    """Only a browser runs the script after which the address is written; tests/browser has one."""
    monkeypatch.setattr("pages.parts.components.history.keeps_one_entry", lambda known: True)


@pytest.fixture(autouse=True)
def nothing_ahead(monkeypatch):
    """Maps worked out ahead would go on behind the next test."""
    monkeypatch.setattr("pages.parts.explain.maps.LIKELY", 0)


@pytest.fixture
def open_page(home):
    """Open a page by name, with the values of its address; fails when the page shows an exception."""

    def open_it(name: str, **query) -> AppTest:
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        page.query_params.update(query)
        page.run()
        if name != "home":
            page.query_params.update(query)
            page.switch_page(f"pages/{name}.py").run()
        return sound(page)

    return open_it


def sound(page: AppTest) -> AppTest:
    """The page itself, when nothing went wrong on it."""
    assert not page.exception, page.exception
    assert not page.error, [error.value for error in page.error]
    return page


@pytest.fixture
def check():
    """Fails when a page shows an error; gives the page."""
    return sound
