"""A page that loads stands still."""

import pytest

from pages.parts.shell import PAGES
from tests.browser.conftest import visit

SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
SHIFTED = 0.1  # the most that a page may move while it loads: Google's limit for a good page
TRIES = 3  # which part of a page arrives first varies with what else the machine does

# Streamlit's first frame has no sidebar and a narrow page: what moves with all of the page, or beside it, is its own.
WATCH = """
window.shifts = [];
const page = '[data-testid="stMain"], [data-testid="stMainBlockContainer"]';
const isWhole = ({ node }) => node?.matches?.(page) || node?.querySelector?.('[data-testid="stMain"]');
const isBeside = ({ node }) => node?.closest?.('[data-testid="stSidebar"]');
new PerformanceObserver((list) => {
    for (const { hadRecentInput, sources, value } of list.getEntries())
        if (!hadRecentInput && !sources.some(isWhole) && !sources.every(isBeside))
            window.shifts.push([value, ...sources.map(({ node }) => node?.className ?? '')]);
}).observe({ type: 'layout-shift', buffered: true });
"""


def shifts(server, open_tab, name: str, model: str, size: str) -> list:
    """How far each part of a page moved, in a browser that kept nothing of the page before."""
    with open_tab(viewport=SIZES[size]) as tab:
        tab.add_init_script(WATCH)
        visit(tab, server, name, model)
        return tab.evaluate("window.shifts")


@pytest.mark.slow  # what moves depends on which part of a page arrives first, and so on the machine's load
@pytest.mark.parametrize("size", SIZES)
def test_a_page_stands_still_while_it_loads(server, open_tab, tiny_model, size):
    moved = {}
    for name in [*PAGES] * TRIES:
        if name not in moved or total(moved[name]) >= SHIFTED:
            moved[name] = shifts(server, open_tab, name, tiny_model, size)

    assert not {name: (round(total(each), 3), each) for name, each in moved.items() if total(each) >= SHIFTED}


def total(moved: list) -> float:
    return sum(value for value, *_ in moved)
