"""What the pixels become: colour, blur, noise, salt and pepper, JPEG, and one drawn change."""

import numpy as np
import pytest

from mlcore.data import augmentation
from mlcore.data.augmentation.changes import automatic, blur, colour, jpeg, salt_pepper
from mlcore.recipe import Augmentation


def apply(pictures, seed=0, **settings):
    places = np.arange(len(pictures))
    return augmentation.apply(pictures, Augmentation(**settings), 0, places, np.random.default_rng(seed))


@pytest.fixture
def smooth():
    """Pictures like photographs: soft, with colours that go over into each other, uint8 (6, 32, 48, 3)."""
    rows, columns = np.mgrid[:32, :48]
    waves = [128 + 90 * np.sin(rows / 9 + one) * np.cos(columns / 11 + 2 * one) for one in range(18)]
    return np.stack(waves, axis=-1).reshape(32, 48, 6, 3).transpose(2, 0, 1, 3).astype("uint8")


def recoloured(pictures, saturation=1.0, degrees=0.0):
    count = len(pictures)
    return colour.recoloured(pictures, np.full(count, saturation), np.full(count, degrees))


@pytest.mark.parametrize("degrees", [0, 360, -360])
def test_a_whole_turn_of_the_hue_is_the_identity(noise, degrees):
    pictures = noise(4)

    np.testing.assert_array_equal(recoloured(pictures, degrees=degrees), pictures)


def test_a_third_of_a_turn_exchanges_the_colours(noise):
    """Red becomes green, green blue, blue red."""
    pictures = noise(4)

    np.testing.assert_array_equal(recoloured(pictures, degrees=120), np.roll(pictures, 1, axis=-1))


def test_grey_stays_grey_whatever_the_hue_and_saturation():
    greys = np.arange(240, dtype="uint8").reshape(1, 15, 16, 1).repeat(3, axis=-1)

    np.testing.assert_allclose(recoloured(greys, 1.7, 77.0).astype(int), greys, atol=1)


def test_without_saturation_all_colours_are_the_brightness(noise):
    pictures = noise(4)

    grey = recoloured(pictures, saturation=0.0)

    expected = pictures @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(grey, np.repeat(expected[..., None], 3, axis=-1), atol=0.51)


def test_grey_meets_the_share_of_the_pictures_that_was_asked_for(noise):
    """Of 1000 pictures 200 to 400: 6.9 standard deviations either way of 300; the others stay as they are."""
    pictures = noise(1000, 4, 4)

    varied = apply(pictures, grey=0.3)

    is_grey = (varied == varied[..., :1]).all(axis=(1, 2, 3))
    assert 200 < is_grey.sum() < 400
    np.testing.assert_array_equal(varied[~is_grey], pictures[~is_grey])


def test_a_blurred_point_is_the_gaussian():
    """In steps of a 256th for each axis, of a point of 255."""
    point = np.zeros((3, 21, 21, 3), "uint8")
    point[:, 10, 10] = 255
    deviations = np.array([0.8, 1.2, 1.6])

    blurred = blur.blurred(point, deviations)

    away = np.arange(-10, 11)
    for one, deviation in zip(blurred[..., 1], deviations, strict=True):
        bell = np.exp(-(away**2) / (2 * deviation**2))
        expected = 255 * np.outer(bell, bell) / bell.sum() ** 2
        np.testing.assert_allclose(one, expected, atol=1.5)


def test_a_blur_by_nothing_is_the_identity_and_flat_stays_flat(noise):
    pictures, flat = noise(2), np.full((2, 9, 9, 3), 255, "uint8")

    np.testing.assert_array_equal(blur.blurred(pictures, np.zeros(2)), pictures)
    np.testing.assert_array_equal(blur.blurred(flat, np.array([0.7, 4.0])), flat)


def test_noise_has_the_mean_nothing_and_the_spread_that_was_drawn():
    """600 pictures of 300 numbers around 128: strengths fill 0 to 0.1 of 255, no value lies beyond 3 deviations."""
    flat = np.full((600, 10, 10, 3), 128, "uint8")

    added = apply(flat, noise=0.1).astype(float) - 128

    spreads = added.std(axis=(1, 2, 3))
    assert abs(added.mean()) < 6 * 15 / np.sqrt(added.size)
    assert spreads.min() < 2
    assert 22 < spreads.max() < 25.5 * 1.15  # of 300 numbers the spread is known to 4 %
    assert abs(spreads.mean() - 12.75) < 6 * 7.4 / np.sqrt(600)
    assert np.abs(added).max() <= 3 * 25.5


@pytest.mark.parametrize("share", [0.0, 0.01, 0.055, 0.3])
def test_salt_and_pepper_hits_the_exact_share_of_the_pixels_half_of_each(share):
    """Of 200 pixels; of an odd number the odd one is white."""
    flat = np.full((50, 10, 20, 3), 100, "uint8")

    strewn = salt_pepper.strewn(flat, np.full(50, share), np.random.default_rng(0))

    white, black = (strewn == 255).all(axis=-1).sum(axis=(1, 2)), (strewn == 0).all(axis=-1).sum(axis=(1, 2))
    count = round(share * 200)
    assert set(np.unique(strewn)) <= {0, 100, 255}
    assert (white == -(-count // 2)).all()
    assert (black == count // 2).all()


def test_salt_and_pepper_falls_everywhere_and_elsewhere_in_each_picture():
    """A place escapes 500 pictures of 15 % on average with a chance of 1e-35."""
    flat = np.full((500, 8, 8, 3), 100, "uint8")

    hit = (apply(flat, salt_pepper=0.3)[..., 0] != 100).reshape(500, -1)

    assert hit.any(axis=0).all()
    assert len(np.unique(hit, axis=0)) > 250
    assert hit.mean(axis=1).max() <= 0.3 + 0.5 / 64


def test_the_best_jpeg_is_nearly_the_picture_and_a_bad_one_is_worse(smooth):
    errors = [np.abs(jpeg.compressed(smooth, quality).astype(int) - smooth).mean() for quality in (100, 50, 5)]

    assert errors[0] < 1
    assert errors[0] < errors[1] < errors[2]


@pytest.mark.parametrize("size", [(32, 48), (17, 9)])
def test_a_jpeg_doesnt_depend_on_the_pictures_beside_it(smooth, size):
    pictures = np.ascontiguousarray(smooth[:, : size[0], : size[1]])

    together = jpeg.compressed(pictures, 20)

    np.testing.assert_array_equal(together, np.concatenate([jpeg.compressed(one[None], 20) for one in pictures]))


def test_more_pictures_than_a_jpeg_is_long_are_compressed_as_few_are(noise, monkeypatch):
    pictures = noise(7, 16, 16)
    whole = jpeg.compressed(pictures, 40)
    monkeypatch.setattr(jpeg, "STRIP", 33)

    np.testing.assert_array_equal(jpeg.compressed(pictures, 40), whole)


def test_automatic_makes_one_change_or_none_for_each_picture(smooth):
    """Of 900 pictures each choice gets its share within 6 standard deviations; those of none stay as they are."""
    pictures = np.repeat(smooth, 150, axis=0)
    shares = 1 / (1 + len(automatic.pool()))

    varied = apply(pictures, automatic=1.0)

    same = (varied == pictures).all(axis=(1, 2, 3)).mean()
    assert shares - 0.06 < same < shares + 0.12  # and a change of hardly any strength may leave a picture as it is
    assert len(automatic.pool()) >= 8


def test_automatic_of_no_strength_is_nearly_nothing(smooth):
    varied = apply(smooth, automatic=1e-6).astype(int)

    assert np.abs(varied - smooth).mean() < 2  # a JPEG of the best quality and a bend of a 16th of a pixel remain
