"""What came of an action is where the eye is: without scrolling, on a desk and on a telephone."""

import re

import pytest

from tests.browser.test_journeys import drop, png
from tests.browser.test_teaching import CARD, files

SIZES = {"desk": (1440, 900), "telephone": (390, 844)}
ENOUGH = 0.3  # of the window, or all of the result


@pytest.fixture(params=SIZES)
def screen(request, browser, open_tab):
    width, height = SIZES[request.param]
    with open_tab(viewport={"width": width, "height": height}, reduced_motion="reduce") as tab:
        yield tab


def is_in_view(tab, key: str) -> None:
    """Wait until enough of the container with that key is visible, and stays so."""
    tab.wait_for_function(
        """([key, enough]) => {
          const box = document.querySelector(`.st-key-${key}`)?.getBoundingClientRect()
          if (!box || !box.height) return false
          const visible = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0)
          return visible >= Math.min(box.height, enough * innerHeight)
        }""",
        arg=[key, ENOUGH],
    )


def leads_to(tab, key: str, label: str) -> None:
    """Either the result is in view, or a button floats above the page and leads there."""
    button = tab.get_by_role("button", name=f"{label} ↓")
    tab.wait_for_timeout(500)
    if button.is_visible():
        assert button.bounding_box()["y"] < tab.viewport_size["height"]
        button.click()
    is_in_view(tab, key)


def test_the_answer_to_a_tapped_example(photographs, server, screen):
    screen.goto(server)
    screen.get_by_role("button", name=re.compile("^Cat")).first.click()
    screen.get_by_label(re.compile("^Bar chart of the most likely classes")).first.wait_for()

    is_in_view(screen, "home-answer-place")


def test_the_table_of_dropped_pictures(server, screen):
    screen.goto(f"{server}/classify?model=animals-and-vehicles")
    screen.get_by_text("Drop pictures, as many as you like").wait_for()
    drop(screen, "classify.pictures", ("a.png", "image/png", png()), ("b.png", "image/png", png()))
    screen.get_by_text("2 files answered").wait_for()

    is_in_view(screen, "classify-result")


def test_data_that_were_added(server, screen):
    screen.goto(f"{server}/data")
    screen.locator('[class*="st-key-data-add-digits"] button').click()
    screen.get_by_role("heading", name="Look inside").wait_for()

    is_in_view(screen, "data-inside")


def test_a_run_that_was_started_and_its_end(server, screen, tiny_data):
    screen.goto(f"{server}/train?data=shapes&architecture=mlp")
    screen.get_by_role("button", name="Start training").click()
    is_in_view(screen, "train-live")

    screen.get_by_text("The model is in the library").wait_for(timeout=600_000)
    is_in_view(screen, "train-live")


def test_what_was_taught(server, screen):
    screen.goto(f"{server}/teach")
    for place, name in enumerate(("cross", "disc")):
        card = screen.locator(CARD).nth(place)
        card.locator("input[type=file]").last.set_input_files(files(name, 4))
        card.get_by_text("4 pictures").wait_for()
    screen.get_by_role("button", name="Learn", exact=True).click()
    screen.get_by_text("Right when left out").wait_for()

    is_in_view(screen, "teach-measured")


def test_a_repair_and_made_pictures_have_a_way_to_them(server, screen):
    screen.goto(f"{server}/repair?picture=example:horse&damage=centre")
    screen.get_by_role("button", name="Download").first.wait_for()
    leads_to(screen, "repair-result", "See it repaired")

    screen.goto(f"{server}/generate")
    screen.get_by_role("img", name=re.compile("made pictures from seed")).wait_for()
    leads_to(screen, "play-sheet", "See the pictures")
