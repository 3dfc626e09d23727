"""axe-core finds nothing on any page, in light and dark, that isn't waived here by name and reason."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from pages.parts.shell import PAGES

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]

# (rule, a part of the element's address, theme or ""): reason. All of it is drawn by Streamlit itself.
WAIVED = {}


@pytest.fixture(scope="module")
def axe() -> str:
    found = find_spec("axe_playwright_python")
    if not found:
        pytest.skip("axe-playwright-python isn't installed")
    return (Path(found.origin).parent / "axe.min.js").read_text()


def is_waived(rule: str, target: str, html: str, theme: str) -> bool:
    return any(rule == r and (part in target or part in html) and where in ("", theme) for r, part, where in WAIVED)


def violations(tab, axe: str) -> list[tuple[str, str, str]]:
    tab.evaluate(axe)
    found = tab.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)["violations"]
    return [
        (each["id"], " ".join(map(str, node["target"])), node["html"][:160]) for each in found for node in each["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_violation_that_isnt_waived(server, open_tab, axe, theme, tiny_model):
    left = []
    with open_tab(color_scheme=theme) as tab:
        for name in PAGES:
            query = f"?model={tiny_model}&run={tiny_model}&picture=data:shapes:test:0"
            tab.goto(f"{server}/{'' if name == 'home' else name}{query}")
            tab.get_by_role("heading", level=1).wait_for()
            tab.wait_for_load_state("networkidle")
            tab.wait_for_function("!document.querySelector('[data-testid=stStatusWidget], [data-testid=stSpinner]')")
            left += [(name, *each) for each in violations(tab, axe) if not is_waived(*each, theme)]

    assert left == []
