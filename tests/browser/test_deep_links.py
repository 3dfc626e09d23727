"""Whatever address is opened first on a cold server, the whole studio is around it."""

import pytest

from pages.parts.shell import PAGES

HEADINGS = {name: title for name, (title, _, _) in PAGES.items()} | {"home": "What is in this picture?"}


@pytest.mark.parametrize("name", PAGES)
def test_a_deep_link_on_a_cold_server_opens_the_page_with_its_navigation(server, tab, name):
    tab.goto(f"{server}/{'' if name == 'home' else name}")

    tab.get_by_role("heading", name=HEADINGS[name], exact=True).wait_for()
    links = tab.locator('[data-testid="stSidebarNav"] a')
    assert [link.strip().split("\n")[-1] for link in links.all_inner_texts()] == [
        title for title, _, _ in PAGES.values()
    ]
    assert tab.get_by_text("Page not found").count() == 0
    assert tab.title().endswith("Vitrine")
