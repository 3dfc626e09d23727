"""Repair of large pictures: at a workable size, laid into the picture as it is."""

import numpy as np
import pytest

from mlcore import repair
from mlcore.errors import Refused
from mlcore.repair.large import Surroundings, lay_in, repair_large, surroundings


@pytest.fixture
def slope():
    """A picture of 240 x 160 pixels whose brightness rises evenly to the right and downwards."""
    rows, columns = np.mgrid[:160, :240]
    return np.stack([rows / 2 + columns / 3] * 3, axis=-1).round().astype("uint8")


def hole(top, left, bottom, right):
    mask = np.zeros((160, 240), bool)
    mask[top:bottom, left:right] = True
    return mask


def biharmonic(pixels, mask):
    return repair.fill("biharmonic", pixels, mask)


def test_a_picture_of_a_workable_size_is_repaired_as_ever(slope):
    mask = hole(10, 10, 60, 60)

    assert (repair_large(slope, mask, biharmonic, 240) == biharmonic(slope, mask)).all()


def test_only_the_holes_and_half_as_much_around_them_are_looked_at(slope):
    around = surroundings(slope, hole(40, 100, 80, 140), 100)

    assert around.box == (20, 80, 100, 160)
    assert (around.pixels == slope[20:100, 80:160]).all()
    assert around.mask.sum() == 40 * 40


def test_surroundings_end_with_the_picture_and_reach_some_pixels_at_least(slope):
    assert surroundings(slope, hole(0, 230, 4, 240), 100).box == (0, 214, 20, 240)


@pytest.mark.parametrize("workable", [40, 100, 200, 240])
def test_an_even_slope_is_continued_whatever_the_size_that_is_worked_at(slope, workable):
    mask = hole(50, 90, 110, 150)
    whole = repair_large(np.where(mask[..., None], np.uint8(127), slope), mask, biharmonic, workable)

    assert (whole[~mask] == slope[~mask]).all()
    error = abs(whole.astype(int) - slope)[mask]
    assert error.mean() <= 2  # of 50 in the hole: rounding of its rim is continued, too


def test_what_is_lost_does_not_shine_through_when_it_is_made_smaller(slope):
    mask = hole(30, 60, 130, 180)
    seen = [surroundings(np.where(mask[..., None], np.uint8(level), slope), mask, 50) for level in (0, 255)]

    assert (seen[0].mask == seen[1].mask).all()
    assert (seen[0].pixels[~seen[0].mask] == seen[1].pixels[~seen[1].mask]).all()


def test_nothing_lost_changes_nothing(slope):
    assert (repair_large(slope, hole(0, 0, 0, 0), biharmonic, 50) == slope).all()


def test_a_mask_of_another_size_is_refused(slope):
    with pytest.raises(Refused, match="same size"):
        surroundings(slope, np.zeros((4, 4), bool))


def test_what_is_laid_in_stays_within_the_mask(slope):
    mask = hole(5, 5, 9, 9)
    around = Surroundings((0, 0, 20, 20), slope[:20, :20], mask[:20, :20])
    whole = lay_in(slope, mask, around, np.full((20, 20, 3), 9, "uint8"))

    assert (whole[mask] == 9).all()
    assert (whole[~mask] == slope[~mask]).all()
