"""Explain and Evaluate: the maps, and whatever else was asked for, are in view without scrolling by hand."""

import re

import pytest

from tests.browser.conftest import settle, visit
from tests.browser.test_layout_shift import SIZES


def visible(tab, selector: str) -> float:
    """The share of an element that is within the window, once nothing scrolls any more."""
    tab.locator(selector).first.wait_for()
    settle(tab)
    tab.wait_for_timeout(1000)  # a smooth scroll lasts less
    box = tab.locator(selector).first.bounding_box()
    bottom = min(box["y"] + box["height"], tab.viewport_size["height"])
    return max(0, bottom - max(box["y"], 0)) / box["height"]


@pytest.mark.parametrize("size", SIZES)
def test_the_answer_and_the_first_map_are_in_view_when_a_picture_is_chosen(server, open_tab, tiny_model, size):
    with open_tab(viewport=SIZES[size]) as tab:
        tab.goto(f"{server}/explain?model={tiny_model}&methods=gradient,grad-cam")
        tab.get_by_role("tab", name="One of the test pictures").click()
        tab.get_by_role("button", name="cross").last.click()

        tab.locator(".stack").first.wait_for()
        assert visible(tab, ".stack") == 1
        assert visible(tab, ".st-key-explain-answer") == 1
        assert (tab.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0) == (size == "desktop")


@pytest.mark.parametrize("size", SIZES)
def test_the_methods_to_choose_wait_behind_a_button(server, open_tab, tiny_model, size):
    with open_tab(viewport=SIZES[size]) as tab:
        tab.goto(f"{server}/explain?model={tiny_model}&picture=data:shapes:test:0&methods=gradient")
        tab.locator(".stack").wait_for()
        assert tab.get_by_text("By covering parts").count() == 0
        tab.get_by_role("button", name="More methods").click()
        tab.get_by_role("button", name="Gradient x input").click()

        tab.locator(".stack").nth(1).wait_for()
        assert "methods=gradient%2Cgradient-x-input" in tab.url


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("part", "result"), [("ask", "canvas.ink"), ("inside", "inside-grid"), ("compare", ".stack")])
def test_what_was_asked_for_is_in_view(server, open_tab, tiny_model, size, part, result):
    selector = f".st-key-{result} img" if result == "inside-grid" else result
    with open_tab(viewport=SIZES[size]) as tab:
        tab.goto(f"{server}/explain?model={tiny_model}&picture=data:shapes:test:0&part={part}")

        assert visible(tab, selector) > 0.5


@pytest.mark.parametrize("size", SIZES)
def test_what_would_change_its_mind_is_in_view_once_searched(server, open_tab, tiny_model, size):
    with open_tab(viewport=SIZES[size]) as tab:
        tab.goto(f"{server}/explain?model={tiny_model}&picture=data:shapes:test:0&part=ask")
        tab.get_by_role("button", name="Search").click()
        tab.get_by_text("covered pictures were tried").wait_for()

        assert visible(tab, ".st-key-ask-flip-result") > 0.4


@pytest.mark.parametrize("size", SIZES)
def test_the_pictures_of_a_clicked_cell_are_in_view(server, open_tab, tiny_model, size):
    with open_tab(viewport=SIZES[size]) as tab:
        visit(tab, server, "evaluate", tiny_model)
        assert tab.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
        cell = tab.locator(".st-key-evaluate-confusion .scatterlayer path.point").nth(8)  # truth 2, answer 2
        cell.wait_for(state="attached")
        cell.scroll_into_view_if_needed()
        box = cell.bounding_box()
        tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        tab.wait_for_url(re.compile("answer=2"))

        tab.get_by_text(re.compile("of square, answered square")).last.wait_for()
        assert visible(tab, ".st-key-evaluate-chosen img") == 1
