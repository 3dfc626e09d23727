"""From pictures of two things to an answer for a third, and all of it there after a reload."""

import io
import re

import numpy as np
from PIL import Image

from tests.conftest import shape_picture

CARD = '[class*="st-key-teach-class-"]:has(input[aria-label="Name of the class"]):has(input[type=file])'


def files(name: str, count: int, seed: int = 0) -> list[dict]:
    random, made = np.random.default_rng(seed), []
    for number in range(count):
        file = io.BytesIO()
        Image.fromarray(shape_picture(name, random)).save(file, "PNG")
        made.append({"name": f"{name}-{number}.png", "mimeType": "image/png", "buffer": file.getvalue()})
    return made


def test_two_classes_are_taught_and_a_new_picture_is_answered(server, tab):
    tab.goto(f"{server}/teach")
    for place, name in enumerate(("cross", "disc")):
        card = tab.locator(CARD).nth(place)
        card.locator("input[type=file]").last.set_input_files(files(name, 4))  # a fresh one follows each drop
        card.get_by_text("4 pictures").wait_for()

    tab.get_by_role("button", name="Learn", exact=True).click()
    tab.get_by_text("Right when left out").wait_for()
    tab.locator(".st-key-teach-try-drop input[type=file]").set_input_files(files("disc", 1, seed=9))
    tab.get_by_label(re.compile("^Bar chart of the most likely classes")).first.wait_for()

    tab.reload()
    tab.get_by_text("4 pictures").nth(1).wait_for()


def by_mouse(tab, button, wait) -> None:
    button.hover()
    tab.mouse.down()
    wait()
    tab.mouse.up()


def by_key(tab, button, wait) -> None:
    button.focus()
    tab.keyboard.down(" ")
    wait()
    tab.keyboard.up(" ")


def by_finger(tab, button, wait) -> None:
    box, hand = button.bounding_box(), tab.context.new_cdp_session(tab)
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    hand.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    wait()
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def recorded(tab, card, hold) -> int:
    """Hold the button until three pictures or more are recorded; how many there are then, as the page says."""
    button = card.get_by_role("button", name="Hold to record", disabled=False)  # once the camera is open
    button.scroll_into_view_if_needed()
    hold(tab, button, card.get_by_text(re.compile(r"Recorded: ([3-9]|\d\d)")).wait_for)
    word = card.get_by_text(re.compile(r"^\d+ pictures recorded"))
    word.wait_for()
    return int(word.inner_text().split()[0])


def pictures_in(card) -> int:
    return int(card.get_by_text(re.compile(r"^\d+ pictures?$")).inner_text().split()[0])


def test_a_held_button_records_pictures_by_mouse_key_and_finger(server, open_tab):
    with open_tab(has_touch=True) as tab:
        tab.goto(f"{server}/teach")
        card = tab.locator(CARD).first
        card.get_by_text("Use the camera").click()
        first, second = (recorded(tab, card, hold) for hold in (by_mouse, by_key))  # the page has no time between them
        card.get_by_text(at_least(first + 1)).wait_for()
        assert pictures_in(card) <= first + second  # the very same picture twice is kept once

        third = recorded(tab, card, by_finger)
        card.get_by_text(at_least(first + 2)).wait_for()
        assert pictures_in(card) <= first + second + third


def at_least(number: int) -> re.Pattern:
    """The count of a class from that number on, for small ones."""
    return re.compile(rf"^({'|'.join(map(str, range(number, number + 300)))}) pictures$")


REFUSING = """navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException("", window.reason ?? "NotAllowedError"))"""


def test_no_camera_and_no_permission_are_told(server, tab):
    tab.add_init_script(REFUSING)
    tab.goto(f"{server}/teach")
    first, second = tab.locator(CARD).first, tab.locator(CARD).nth(1)
    first.get_by_text("Use the camera").click()
    first.get_by_text("The browser doesn’t let this page use the camera").wait_for()
    assert first.get_by_role("button", name="Hold to record").is_disabled()

    tab.evaluate("() => (window.reason = 'NotFoundError')")
    second.get_by_text("Use the camera").click()
    second.get_by_text("There is no camera here; drop pictures instead.").wait_for()
