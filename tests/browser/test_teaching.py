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
