"""On an empty home every page opens, says what it is and offers a next step."""

import pytest

from mlcore import library
from pages.parts import shell

TITLES = {name: title for name, (title, _, _) in shell.PAGES.items()} | {"home": "What is in this picture?"}


@pytest.fixture
def no_starters(monkeypatch, tmp_path):
    monkeypatch.setattr(library, "STARTERS", tmp_path)


@pytest.mark.parametrize("name", shell.PAGES)
def test_a_page_opens_with_its_title(open_page, name):
    assert [title.value for title in open_page(name).title] == [TITLES[name]]


@pytest.mark.parametrize("name", shell.PAGES)
@pytest.mark.usefixtures("no_starters")
def test_without_any_model_a_page_still_opens(open_page, name):
    assert [title.value for title in open_page(name).title] == [TITLES[name]]


@pytest.mark.parametrize("name", ["runs", "evaluate", "classify", "explain"])
@pytest.mark.usefixtures("no_starters")
def test_an_empty_page_leads_to_training(open_page, name):
    links = open_page(name).main.get("page_link")

    assert [link.proto.page for link in links] == ["train"]
    assert links[0].proto.label == "Train your first model"
