"""A picture in its own size: where the network sees it, and what of it is dimmed."""

import numpy as np
import pytest

from mlcore import images
from mlcore.images.view import DIMMED, WHITE

RNG = np.random.default_rng(0)


def noise(height, width):
    return RNG.integers(0, 256, (height, width, 3), dtype="uint8")


@pytest.mark.parametrize(
    ("shape", "size", "box"),
    [
        ((20, 40), (10, 10), (0, 10, 20, 30)),
        ((40, 20), (10, 10), (10, 0, 30, 20)),
        ((20, 40), (10, 20), (0, 0, 20, 40)),
        ((5, 8), (1, 1), (0, 1.5, 5, 6.5)),
        ((10, 1000), (224, 224), (0, 495, 10, 505)),
    ],
)
def test_the_crop_box_is_the_largest_of_its_shape_in_the_middle(shape, size, box):
    assert images.crop_box(shape, size) == box


@pytest.mark.parametrize("turned", [False, True])
def test_what_fit_shows_is_what_lies_in_the_crop_box(turned):
    """Plain around the box's edges: there the filter of `fit` reaches beyond it, as it does at any place within."""
    pixels = np.full((48, 60, 3), 90, "uint8")
    pixels[:, 20:40] = noise(48, 20)
    pixels = pixels.transpose(1, 0, 2) if turned else pixels
    top, left, bottom, right = (int(edge) for edge in images.crop_box(pixels.shape, (16, 16)))

    whole = images.fit(pixels, 16, 16).astype(int)

    assert abs(images.fit(pixels[top:bottom, left:right], 16, 16) - whole).max() <= 1
    assert abs(images.fit(np.roll(pixels, 3, 0 if turned else 1)[top:bottom, left:right], 16, 16) - whole).max() > 30


@pytest.mark.parametrize(("shape", "size"), [((32, 32), (32, 32)), ((20, 50), (32, 32)), ((100, 32), (32, 32))])
def test_a_picture_of_which_the_network_sees_every_pixel_needs_no_view(shape, size):
    assert images.view(noise(*shape), size) is None


def test_a_view_holds_the_picture_and_the_place_that_the_network_sees():
    pixels = noise(40, 64)

    view = images.view(pixels, (8, 8))

    assert np.shares_memory(view.pixels, pixels)
    assert view.box == (0, 12 / 64, 1, 52 / 64)
    np.testing.assert_array_equal(view.seen, pixels[:, 12:52])
    assert not view.is_whole


def test_what_the_network_does_not_see_goes_to_grey_behind_a_line():
    pixels = noise(40, 64)
    view = images.view(pixels, (8, 8))

    framed = view.framed().astype(float)

    np.testing.assert_array_equal(framed[:, 12:52], pixels[:, 12:52])
    np.testing.assert_array_equal(framed[:, [11, 52]], WHITE)
    beyond = np.r_[0:11, 53:64]
    np.testing.assert_allclose(framed[:, beyond], pixels[:, beyond] * (1 - DIMMED) + 128 * DIMMED, atol=0.5)


def test_another_picture_can_take_the_place_of_what_the_network_sees():
    view = images.view(noise(64, 40), (8, 8))
    inside = noise(40, 40)

    np.testing.assert_array_equal(view.framed(inside)[12:52], inside)


def test_nothing_is_framed_where_the_network_sees_it_all():
    view = images.view(noise(41, 40), (8, 8))

    assert view.is_whole
    np.testing.assert_array_equal(images.view(noise(40, 40), (8, 8)).framed().shape, (40, 40, 3))


@pytest.mark.parametrize("shape", [(600, 1800), (1800, 600), (1000, 1100)])
def test_a_large_picture_is_made_smaller_and_the_place_stays(shape):
    pixels = np.zeros((*shape, 3), "uint8")
    top, left, bottom, right = (round(edge) for edge in images.crop_box(shape, (1, 1)))
    pixels[top:bottom, left:right] = 255

    view = images.view(pixels, (1, 1), most=300)

    assert max(view.pixels.shape) == 300
    middle = tuple(side // 2 for side in view.seen.shape[:2])
    assert view.seen[middle].tolist() == [255] * 3
    assert (view.seen > 200).mean() > 0.95
    assert (view.pixels > 200).mean() == pytest.approx((pixels > 200).mean(), abs=0.01)


@pytest.mark.parametrize("shape", [(20, 1000), (1000, 20)])
def test_of_a_panorama_the_middle_third_of_what_is_shown_is_what_the_network_sees(shape):
    view = images.view(noise(*shape), (8, 8))

    assert sorted(view.pixels.shape[:2]) == [20, 60]
    assert view.seen.shape == (20, 20, 3)
    assert sorted(view.box) == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_a_picture_keeps_what_networks_see_of_it():
    picture = images.Picture(noise(40, 64))

    seen = picture.fit(8, 8)
    np.testing.assert_array_equal(seen, images.fit(picture.pixels, 8, 8))
    assert picture.fit(8, 8) is seen
    assert picture.fit(4, 8).shape == (4, 8, 3)
    assert picture.view((8, 8)) is picture.view((8, 8))
    with pytest.raises(ValueError, match="read-only"):
        seen[0] = 0


def test_a_jpeg_is_the_photograph_in_a_tenth_of_the_bytes():
    pixels = np.asarray(images.fit(noise(12, 16), 240, 320))

    data = images.jpeg(pixels)

    assert abs(images.decode(data).pixels.astype(int) - pixels).mean() < 4
    assert len(data) < len(images.png(pixels)) / 4
