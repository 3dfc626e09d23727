"""axe-core finds nothing on any page, in light and dark; no rule is waived."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from pages.parts.shell import PAGES
from tests.browser.conftest import settle, visit

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]

FIND = """async (tags) => {
    const left = [];
    for (const found of (await axe.run(document, {runOnly: tags})).violations)
        for (const node of found.nodes) left.push(`${found.id}: ${node.html.slice(0, 160)} at ${node.target}`);
    return left;
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    found = find_spec("axe_playwright_python")
    if not found:
        pytest.skip("axe-playwright-python isn't installed")
    return (Path(found.origin).parent / "axe.min.js").read_text()


def violations(tab, axe: str) -> list[str]:
    """What breaks a rule once nothing is fading in or out: Streamlit's own Stop button is pale while it does."""
    tab.evaluate(axe)
    found = tab.evaluate(FIND, TAGS)
    if not found:
        return []
    settle(tab)
    return [each for each in tab.evaluate(FIND, TAGS) if each in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_violation(server, open_tab, axe, theme, tiny_model):
    left = []
    with open_tab(color_scheme=theme) as tab:
        for name in PAGES:
            visit(tab, server, name, tiny_model)
            left += [f"{name}: {each}" for each in violations(tab, axe)]

    assert not left, "\n".join(left)
