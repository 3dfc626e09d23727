"""Whatever address is opened first on a cold server, the whole studio is around it."""

import pytest

from pages.parts.shell import GROUPS, PAGES

HEADINGS = {name: title for name, (title, _, _) in PAGES.items()} | {"home": "What is in this picture?"}
NAVIGATION = [line for group, names in GROUPS.items() for line in (group, *(PAGES[name][0] for name in names))]
FIRST = "document.querySelector('[data-testid=stSidebarNavItems] > li')"
STYLED = f"getComputedStyle({FIRST}, '::before').content !== 'none'"
READ = """items => items.flatMap(item => {
    const group = getComputedStyle(item, '::before').content.replace(/^none$|"/g, '');
    return [group, item.querySelector('a').innerText.split('\\n').at(-1)];
}).filter(Boolean)"""


@pytest.mark.parametrize("name", PAGES)
def test_a_deep_link_on_a_cold_server_opens_the_page_with_its_navigation(server, tab, name):
    tab.goto(f"{server}/{'' if name == 'home' else name}")

    tab.get_by_role("heading", name=HEADINGS[name], exact=True).wait_for()
    tab.wait_for_function(STYLED)
    assert tab.locator('[data-testid="stSidebarNavItems"] > li').evaluate_all(READ) == NAVIGATION
    assert tab.get_by_text("Page not found").count() == 0
    assert tab.title().endswith("Vitrine")
