"""Mend a picture, as a person does it: paint over a part, see it filled, take the result home."""

import numpy as np
from PIL import Image

from tests.browser.hand import paint


def test_a_brushed_part_is_filled_and_the_rest_is_as_it_was(server, tab, tiny_data):
    before = np.asarray(tiny_data.split("test").read([0])[0], "int32")
    tab.goto(f"{server}/repair?picture=data:shapes:test:0")
    tab.get_by_text("Nothing is marked yet").first.wait_for()

    for start, end in [((0.3, 0.3), (0.7, 0.3)), ((0.7, 0.7), (0.3, 0.7))]:
        paint(tab, start, end)
    tab.get_by_text("of the picture was filled").wait_for()
    tab.get_by_text("What was there isn't known").wait_for()
    tab.get_by_text("The marked part is intact").click()
    tab.get_by_text("Measured in the hole").wait_for()

    with tab.expect_download() as download:
        tab.locator('[class*="st-key-repair-png-"] button').first.click()
    after = np.asarray(Image.open(download.value.path()).convert("RGB"), "int32")
    assert after.shape == before.shape
    rows, columns = (np.mgrid[: after.shape[0], : after.shape[1]] + 0.5) / after.shape[0]
    near = (abs(abs(rows - 0.5) - 0.2) < 0.14) & (abs(columns - 0.5) < 0.34)  # a stroke is 0.12 thick
    changed = (before != after).any(axis=-1)
    assert changed[near].any()
    assert not changed[~near].any()
