"""Live pages are live: what happens elsewhere is seen without a click; and no page is wider than a small phone."""

import re
import time

import pytest

from mlcore import jobs, training
from pages.parts.shell import PAGES
from tests.browser.conftest import visit

LONG = ["training.epochs=1000", "training.minutes=0", "training.early_stopping=0"]


def wait_for_state(run: str, state: str, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while jobs.run(run).state != state:
        assert time.monotonic() < deadline, jobs.run(run)
        time.sleep(0.2)


def cell(tab, text: str):
    """A cell of a table, which is drawn on a canvas and written inside it for those who can't see."""
    return tab.locator('[role="gridcell"]', has_text=text).first


@pytest.fixture
def start(tiny_data):
    """Starts runs that last until somebody stops them, as another tab or the command line would."""
    begun = []
    yield lambda: begun.append(jobs.start(training.draft("shapes", "mlp", None, LONG))) or begun[-1]
    for run in begun:
        jobs.stop(run)


def test_a_stopped_run_that_is_resumed_elsewhere_goes_on_in_every_tab(server, tab, start):
    run = start()
    tab.goto(f"{server}/train?run={run}")
    tab.get_by_text(re.compile(r"2 of 3: Training · epoch \d+ of 1000")).first.wait_for()
    jobs.stop(run)
    tab.get_by_text(re.compile(r"^Stopped · epoch")).first.wait_for()
    wait_for_state(run, "stopped")
    jobs.resume(run)

    tab.get_by_text(re.compile(r"2 of 3: Training · epoch \d+ of 1000")).first.wait_for()


def test_the_list_of_runs_follows_what_is_started_and_stopped_elsewhere(server, tab, start, tiny_model):
    tab.goto(f"{server}/runs")
    cell(tab, "Done").wait_for(state="attached")
    run = start()

    cell(tab, "Training").wait_for(state="attached")
    jobs.stop(run)
    cell(tab, "Stopped").wait_for(state="attached")


def test_no_page_scrolls_sideways_on_a_small_phone(server, open_tab, tiny_model):
    wide = {}
    with open_tab(viewport={"width": 320, "height": 640}) as tab:
        for name in PAGES:
            visit(tab, server, name, tiny_model)
            wide[name] = tab.evaluate("""() => {
                const main = document.querySelector('[data-testid=stMain]');
                return Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth);
            }""")

    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}
