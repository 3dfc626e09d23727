"""A page that loads stands still."""

import pytest

from pages.parts.shell import PAGES

SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
SHIFTED = 0.1  # the most that a page may move while it loads: Google's limit for a good page

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


def settled(tab) -> None:
    """Wait until the page has nothing more to draw."""
    tab.get_by_role("heading", level=1).wait_for()
    tab.wait_for_load_state("networkidle")
    tab.wait_for_function("!document.querySelector('[data-testid=stStatusWidget], [data-testid=stSkeleton]')")


@pytest.mark.parametrize("size", SIZES)
def test_a_page_stands_still_while_it_loads(server, open_tab, tiny_model, size):
    moved = {}
    for name in PAGES:
        with open_tab(viewport=SIZES[size]) as tab:  # with nothing kept of the page before
            tab.add_init_script(WATCH)
            query = f"?model={tiny_model}&run={tiny_model}&picture=data:shapes:test:0"
            tab.goto(f"{server}/{'' if name == 'home' else name}{query}")
            settled(tab)
            moved[name] = tab.evaluate("window.shifts")

    sums = {name: sum(value for value, *_ in shifts) for name, shifts in moved.items()}
    assert not {name: (round(value, 3), moved[name]) for name, value in sums.items() if value >= SHIFTED}
