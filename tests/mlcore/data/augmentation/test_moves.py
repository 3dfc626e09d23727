"""Where the pixels go: vertical flip, quarter turns, shear and elastic warp."""

import numpy as np
import pytest

from mlcore.data import augmentation
from mlcore.data.augmentation.changes import elastic
from mlcore.recipe import Augmentation


def apply(pictures, seed=0, **settings):
    places = np.arange(len(pictures))
    return augmentation.apply(pictures, Augmentation(**settings), 0, places, np.random.default_rng(seed))


def test_a_vertical_flip_turns_about_half_upside_down_and_twice_is_none(noise):
    """Of 1000 between 400 and 600: six standard deviations of fair coins."""
    pictures = noise(1000, 4, 5)

    once = apply(pictures, flip_vertical=True)

    turned = (once == pictures[:, ::-1]).all(axis=(1, 2, 3))
    assert 400 < turned.sum() < 600
    np.testing.assert_array_equal(once[~turned], pictures[~turned])
    np.testing.assert_array_equal(apply(once, flip_vertical=True), pictures)  # the same coins again


@pytest.mark.parametrize(("width", "quarters"), [(6, (0, 1, 2, 3)), (7, (0, 2))])
def test_quarter_turns_are_those_that_keep_the_shape_about_equally_often(noise, width, quarters):
    """Of 1000, each turn within 6 standard deviations of its share."""
    pictures = noise(1000, 6, width)

    turned = apply(pictures, quarter_turns=True)

    was = [(turned == np.rot90(pictures, times, axes=(1, 2))).all(axis=(1, 2, 3)) for times in quarters]
    share = 1 / len(quarters)
    assert sum(each.sum() for each in was) == 1000
    assert all(abs(each.mean() - share) < 6 * np.sqrt(share * (1 - share) / 1000) for each in was)


def test_a_shear_by_nothing_is_the_identity(noise):
    pictures = noise(20, 10, 14)

    np.testing.assert_allclose(apply(pictures, shear=1e-9).astype(int), pictures, atol=1)  # Pillow cuts off


def test_a_shear_slants_a_line_by_up_to_its_angle_and_keeps_its_middle():
    """A vertical line through the middle: at the row r from the centre it lies tan(angle) times r aside."""
    lines = np.zeros((300, 33, 33, 3), "uint8")
    lines[:, :, 16] = 255

    slanted = apply(lines, shear=20)[..., 0].astype(float)

    weights = slanted.sum(axis=2)
    centres = (slanted * np.arange(33)).sum(axis=2) / np.maximum(weights, 1)
    slopes = (centres[:, 22] - centres[:, 10]) / 12
    assert np.abs(centres[:, 16] - 16).max() < 0.6
    assert 0.95 * np.tan(np.radians(20)) < np.abs(slopes).max() < 1.05 * np.tan(np.radians(20)) / 0.8


def test_shear_and_zoom_never_show_anything_from_outside():
    flat = np.full((30, 8, 12, 3), 200, "uint8")

    np.testing.assert_allclose(apply(flat, shear=30, zoom=0.5, rotate=45).astype(int), flat, atol=1)


def test_bending_by_nothing_is_the_identity_and_by_a_whole_pixel_a_shift(noise):
    pictures, nothing = noise(5, 9, 11), np.zeros((9, 11))

    np.testing.assert_array_equal(elastic.bent(pictures, nothing, nothing), pictures)
    np.testing.assert_array_equal(elastic.bent(pictures, nothing + 1, nothing)[:, :-1], pictures[:, 1:])
    np.testing.assert_array_equal(elastic.bent(pictures, nothing, nothing + 1)[:, :, :-1], pictures[:, :, 1:])


def test_bending_by_half_a_pixel_is_the_mean_of_two(noise):
    pictures, nothing = noise(5, 9, 11), np.zeros((9, 11))

    bent = elastic.bent(pictures, nothing, nothing + 0.5)[:, :, :-1]

    np.testing.assert_allclose(bent, (pictures[:, :, :-1].astype(int) + pictures[:, :, 1:]) / 2, atol=0.5)


def test_an_elastic_warp_moves_by_at_most_the_setting_and_smoothly():
    """A ramp of 4 a pixel tells by its values how far each place was moved: at most 0.1 of 40 pixels, with no fold."""
    ramp = np.tile((4 * np.arange(40)).astype("uint8")[None, None, :, None], (64, 40, 1, 3))

    moved = (apply(ramp, elastic=0.1)[..., 0].astype(float) - ramp[..., 0]) / 4

    assert 2 < np.abs(moved).max() <= 4
    assert np.diff(apply(ramp, elastic=0.1)[..., 0].astype(int), axis=2).min() >= -1
    assert len(np.unique(moved[::16], axis=0)) == 4  # sixteen pictures share a field, as the same draw shows


def test_an_elastic_warp_leaves_a_flat_picture_flat():
    flat = np.full((3, 8, 12, 3), 201, "uint8")

    np.testing.assert_array_equal(apply(flat, elastic=0.1), flat)
