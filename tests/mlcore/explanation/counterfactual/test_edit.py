"""The same picture, changed: what was asked for and nothing else."""

import numpy as np
import pytest

from mlcore.errors import Refused
from mlcore.explanation.counterfactual.edit import FILLS, Edit, average, coverage, edited
from mlcore.settings import read


@pytest.fixture
def pixels():
    return np.random.default_rng(3).integers(0, 256, (12, 20, 3), "uint8")


LEFT = np.arange(20)[None].repeat(12, axis=0) < 5


def test_a_change_that_asks_for_nothing_gives_the_very_same_pixels(pixels):
    assert edited(pixels, None, Edit()) is pixels
    assert edited(pixels, np.zeros((12, 20), bool), Edit()) is pixels


@pytest.mark.parametrize("fill", FILLS)
def test_only_what_is_marked_changes(pixels, fill):
    found = edited(pixels, LEFT, Edit(fill=fill))

    np.testing.assert_array_equal(found[~LEFT], pixels[~LEFT])
    np.testing.assert_array_equal(found[LEFT], FILLS[fill](pixels)[LEFT])
    assert (found[LEFT] != pixels[LEFT]).mean() > 0.9


def test_a_mask_drawn_larger_covers_by_its_share(pixels):
    drawn = np.zeros((120, 200), bool)
    drawn[:, :55] = True  # five columns and a half

    share = coverage(drawn, 12, 20)

    np.testing.assert_allclose(share[:, :5], 1)
    np.testing.assert_allclose(share[:, 5], 0.5)
    assert not share[:, 6:].any()
    half = edited(pixels, drawn, Edit(fill="grey"))[:, 5].astype(float)
    np.testing.assert_allclose(half, (pixels[:, 5].astype(float) + 128) / 2, atol=0.51)


def test_a_repair_takes_the_place_of_the_fill(pixels):
    seen = []

    def repair(picture, mask):
        seen.append(mask)
        return 255 - picture

    found = edited(pixels, LEFT, Edit(fill="grey"), repair)

    np.testing.assert_array_equal(seen[0], LEFT)
    np.testing.assert_array_equal(found[LEFT], 255 - pixels[LEFT])


def test_brightness_multiplies_and_contrast_keeps_the_middle():
    ramp = np.repeat(np.arange(60, 120, dtype="uint8").reshape(6, 10, 1), 3, axis=2)

    np.testing.assert_array_equal(edited(ramp, None, Edit(brightness=2)), 2 * ramp)
    np.testing.assert_allclose(edited(ramp, None, Edit(contrast=0)), 90, atol=1)
    strong = edited(ramp, None, Edit(contrast=2)).astype(float)
    np.testing.assert_allclose(strong, 2 * ramp.astype(float) - 89.5, atol=0.51)


def test_brightness_stays_within_what_a_picture_can_hold(pixels):
    assert edited(pixels, None, Edit(brightness=3)).max() == 255
    assert not edited(pixels, None, Edit(brightness=0)).any()


def test_a_quarter_turn_is_the_arrays_own():
    square = np.random.default_rng(0).integers(0, 256, (9, 9, 3), "uint8")

    np.testing.assert_array_equal(edited(square, None, Edit(rotation=90)), np.rot90(square))


def test_a_turn_shows_the_average_colour_in_the_corners(pixels):
    np.testing.assert_array_equal(edited(pixels, None, Edit(rotation=45))[0, 0], average(pixels)[0, 0])


@pytest.mark.parametrize("mask", [np.zeros(4, bool), np.zeros((2, 2, 3), bool), np.zeros((0, 5), bool)])
def test_a_mask_of_another_form_is_refused(pixels, mask):
    with pytest.raises(Refused, match="mask is"):
        edited(pixels, mask, Edit())


def test_settings_out_of_bounds_are_refused():
    with pytest.raises(Refused, match="brightness"):
        read(Edit, {"brightness": 4})
