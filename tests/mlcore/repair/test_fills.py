"""Fills and scores, where the truth can be written down."""

import numpy as np
import pytest

from mlcore import repair
from mlcore.errors import Kind, Refused
from mlcore.repair.damage import KINDS, damage
from mlcore.repair.fills.opencv import available
from mlcore.repair.harmonic_fill import harmonic_fill

usable = [entry for entry in repair.fills.all() if "opencv" not in entry.traits or available()]
every_fill = pytest.mark.parametrize("entry", usable, ids=lambda entry: entry.name)
every_damage = pytest.mark.parametrize("name", KINDS)


def plane(height=24, width=20):
    """Levels that rise evenly in both directions, differently in each colour."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([40 + 3 * rows + 2 * columns, 200 - 4 * rows, 30 + 5 * columns], axis=-1).astype("uint8")


def noise(height=24, width=20, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), "uint8")


@every_fill
@every_damage
def test_outside_the_mask_nothing_changes_to_the_bit(entry, name):
    pixels, mask = noise(), damage(name, 24, 20)

    filled = repair.fill(entry.name, pixels, mask)

    assert filled.dtype == np.uint8
    np.testing.assert_array_equal(filled[~mask], pixels[~mask])
    assert not np.array_equal(filled[mask], pixels[mask])


@every_fill
def test_no_hole_and_nothing_but_hole_are_fine(entry):
    pixels = noise()

    np.testing.assert_array_equal(repair.fill(entry.name, pixels, np.zeros((24, 20), bool)), pixels)
    assert repair.fill(entry.name, pixels, np.ones((24, 20), bool)).shape == pixels.shape


@every_fill
def test_what_was_lost_has_no_say(entry):
    pixels, mask = noise(), damage("centre", 24, 20)
    other = np.where(mask[..., None], noise(seed=1), pixels)

    np.testing.assert_array_equal(repair.fill(entry.name, pixels, mask), repair.fill(entry.name, other, mask))


def test_the_smoothest_surface_through_a_plane_is_the_plane():
    mask = damage("centre", 24, 20)

    np.testing.assert_array_equal(repair.fill("biharmonic", plane(), mask), plane())


@every_damage
def test_it_solves_the_equation_that_an_independent_library_solves(name):
    """Inside the picture, where both extend it alike; the other clips to the levels around a hole, ours doesn't."""
    from skimage.restoration import inpaint_biharmonic

    mask = damage(name, 32, 32, seed=1)
    mask[:2] = mask[-2:] = mask[:, :2] = mask[:, -2:] = False
    pixels = np.random.default_rng(0).normal(0, 20, (34, 34, 3)).cumsum(0).cumsum(1)[2:, 2:]
    pixels = (60 + 130 * (pixels - pixels.min()) / np.ptp(pixels)).astype("uint8")  # far from 0 and 255: no clipping

    theirs = inpaint_biharmonic(pixels / 255, mask, channel_axis=-1) * 255

    apart = np.abs(harmonic_fill(mask)(pixels[None])[0] - theirs)
    assert (apart > 0.05).mean() < 0.005  # those that the other clips; three values of 3,072 in the centre hole


@every_damage
def test_damage_depends_on_the_seed_and_stays_a_minor_part(name):
    mask = damage(name, 28, 28, seed=3)

    np.testing.assert_array_equal(mask, damage(name, 28, 28, seed=3))
    assert 0.02 < mask.mean() < 0.4
    assert name == "centre" or not np.array_equal(mask, damage(name, 28, 28, seed=4))
    assert damage(name, 9, 60).shape == (9, 60)


def test_the_centre_hole_of_28_pixels_has_12():
    rows, columns = np.nonzero(damage("centre", 28, 28))

    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (8, 19, 8, 19)


def test_a_score_by_hand():
    truth, mask = np.full((16, 16, 3), 100, "uint8"), np.zeros((16, 16), bool)
    mask[4:8, 4:8] = True
    repaired = truth.copy()
    repaired[4:8, 4:8] += 51  # 0.2 of 255

    quality = repair.score(truth, repaired, mask)

    assert quality.l1 == pytest.approx(0.2)
    assert quality.psnr == pytest.approx(-10 * np.log10(0.04))
    assert quality.ssim < 1
    perfect = repair.score(truth, truth, mask)
    assert (perfect.l1, perfect.psnr, perfect.ssim) == (0, None, 1)


def test_a_mask_of_another_size_is_refused_in_words():
    with pytest.raises(Refused, match="The mask has 5 x 4 pixels and the picture 20 x 24") as refusal:
        repair.fill("mean", noise(), np.zeros((4, 5), bool))
    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_an_unknown_damage_names_the_known_ones():
    with pytest.raises(Refused, match="scratches"):
        damage("scratch", 8, 8)


@pytest.mark.skipif(available(), reason="OpenCV is installed here")
def test_without_opencv_its_fills_say_how_to_get_it():
    with pytest.raises(Refused, match="pip install opencv-python-headless"):
        repair.fill("telea", noise(), damage("centre", 24, 20))
