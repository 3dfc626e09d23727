"""Explain, as a person does it: mark a region, watch the answer, take it back; move the strength, choose a class."""

import re

import pytest

from tests.browser.hand import paint

expect = pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def asking(server, tab, tiny_model):
    """The page's second part, ready to be painted on."""
    tab.goto(f"{server}/explain?model={tiny_model}&picture=data:shapes:test:0&part=ask")
    tab.locator("canvas.ink").wait_for()
    tab.get_by_text("Nothing is marked yet").wait_for()
    return tab


def shares(tab) -> list[tuple[str, str]]:
    """Probabilities before and after, as the chart tells them."""
    told = tab.get_by_label(re.compile("^Bar chart of probabilities before and after")).first.get_attribute(
        "aria-label"
    )
    return re.findall(r"([\d.]+)\s% then ([\d.]+)\s%", told)


def until_moved(tab, moved: bool) -> None:
    find = "document.querySelector('[aria-label^=\"Bar chart of probabilities before\"]')"
    pairs = f"[...({find}?.ariaLabel ?? '').matchAll(/([\\d.]+)\\s% then ([\\d.]+)\\s%/g)]"
    differs = f"{pairs}.some(([, one, other]) => one !== other)"
    tab.wait_for_function(f"{pairs}.length && {differs} === {'true' if moved else 'false'}")


def test_a_brushed_region_moves_the_probabilities_and_undo_takes_them_back(asking):
    assert [before == after for before, after in shares(asking)] == [True] * 3  # classes
    asking.get_by_role("button", name="Box").click()
    paint(asking, (0.1, 0.1), (0.9, 0.9))
    asking.get_by_text("64 % of the picture is marked.").wait_for()
    until_moved(asking, True)

    asking.get_by_role("button", name="Undo").click()
    asking.get_by_text("Nothing is marked yet").wait_for()
    until_moved(asking, False)


def test_what_was_painted_is_still_there_after_a_look_elsewhere(asking):
    asking.get_by_role("button", name="Box").click()
    paint(asking, (0.1, 0.1), (0.6, 0.9))
    asking.get_by_text("40 % of the picture is marked.").wait_for()
    until_moved(asking, True)

    asking.get_by_role("radio", name="Look inside").click()
    asking.get_by_text("Feature maps").first.wait_for()
    asking.get_by_role("radio", name="Ask again").click()

    asking.get_by_text("40 % of the picture is marked.").wait_for()
    until_moved(asking, True)


def test_keys_are_enough(asking):
    canvas = asking.locator("canvas.ink")
    canvas.focus()
    canvas.press("Space")
    for _ in range(3):
        canvas.press("Shift+ArrowRight")
    canvas.press("Space")
    asking.get_by_text(re.compile(r"^[1-9]\d? % of the picture is marked")).wait_for()
    until_moved(asking, True)

    canvas.press("Control+z")
    asking.get_by_text("Nothing is marked yet").wait_for()
    until_moved(asking, False)


@pytest.fixture
def why(server, tab, tiny_model):
    """The maps of one method, those of other classes beside the page, and a server that hears nothing from here on."""
    tab.goto(f"{server}/explain?model={tiny_model}&picture=data:shapes:test:0&methods=gradient")
    tab.locator(".stack").wait_for()
    tab.wait_for_function("Object.keys(window.vitrineMaps ?? {}).length")
    tab.evaluate("WebSocket.prototype.send = () => {}")
    return tab


def test_another_strength_shows_before_the_server_knows(why):
    slider = why.get_by_role("slider", name="Overlay strength")
    why.get_by_text("Overlay strength").scroll_into_view_if_needed()
    slider.press("ArrowRight")

    expect(why.locator(".stack .heat")).to_have_css("opacity", "0.65")
    expect(why.locator(".stack .picture")).to_have_css("opacity", "1")


def test_another_class_shows_before_the_server_knows(why):
    heat = why.locator(".stack .heat")
    before = heat.get_attribute("src")
    why.get_by_role("combobox", name="Class to explain").click()
    [known] = why.evaluate("Object.values(window.vitrineMaps)")
    name = next(iter(known))
    why.get_by_role("option", name=name).click()

    expect(heat).to_have_attribute("src", known[name])
    assert known[name] != before


def test_a_map_that_was_drawn_anew_follows_once(server, tab, tiny_model):
    """What it followed with before knows old settings, and would show them."""
    tab.goto(f"{server}/explain?model={tiny_model}&picture=data:shapes:test:0&methods=gradient&strength=0.5")
    stack, slider = tab.locator(".stack"), tab.get_by_role("slider", name="Overlay strength")
    stack.wait_for()
    for shown in ("0.55", "0.6", "0.65"):  # the address is the server's answer
        slider.press("ArrowRight")
        tab.wait_for_function(f"(new URL(location).searchParams.get('strength') ?? '0.6') === '{shown}'")
    tab.wait_for_timeout(500)
    stack.evaluate("(stack) => { stack.count = 0; stack.style.setProperty = () => { stack.count += 1 } }")
    tab.evaluate("WebSocket.prototype.send = () => {}")
    slider.press("ArrowRight")
    tab.wait_for_timeout(300)

    assert stack.evaluate("(stack) => stack.count") == 1
