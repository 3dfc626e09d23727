"""Heat made visible."""

from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from mlcore import images
from mlcore.explanation.render import overlay

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (16, 24, 3), "uint8")


def lightness(colours: np.ndarray) -> np.ndarray:
    """CIE L* of sRGB colours, 0 to 100."""
    linear = np.where(colours / 255 <= 0.04045, colours / 255 / 12.92, ((colours / 255 + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    return 116 * np.cbrt(np.maximum(luminance, 0.008856)) - 16


def test_unsigned_heat_goes_from_nothing_to_the_percentile():
    heat = np.array([[0.0, 1.0, 2.0, 4.0]])

    np.testing.assert_allclose(overlay.normalise(heat, percentile=100), [[0, 0.25, 0.5, 1]])
    np.testing.assert_allclose(overlay.normalise(-heat, percentile=100), np.zeros((1, 4)))


def test_signed_heat_keeps_its_zero_in_the_middle():
    heat = np.array([[-1.0, 0.0, 4.0]])

    np.testing.assert_allclose(overlay.normalise(heat, signed=True, percentile=100), [[-0.25, 0, 1]])


def test_one_wild_pixel_does_not_dim_the_rest():
    heat = np.ones((20, 20))
    heat[3, 3] = 1e6

    level = overlay.normalise(heat)

    assert level.max() == 1
    assert (level == 1).all()


def test_a_single_hot_pixel_is_still_seen():
    heat = np.zeros((20, 20))
    heat[3, 3] = 0.5

    assert overlay.normalise(heat)[3, 3] == 1
    assert overlay.normalise(heat).sum() == 1


@pytest.mark.parametrize("signed", [True, False])
def test_the_scale_of_the_heat_does_not_matter(signed):
    heat = RNG.normal(size=(9, 9))

    np.testing.assert_array_equal(overlay.colours(heat, signed), overlay.colours(1e-6 * heat, signed))


@pytest.mark.parametrize("signed", [True, False])
def test_no_heat_at_all_is_fine(signed):
    nothing = overlay.colours(np.zeros((4, 4)), signed)

    assert nothing.dtype == np.uint8
    assert (nothing == nothing[0, 0]).all()


def test_warm_colours_get_brighter_with_the_heat():
    shades = lightness(overlay.colours(np.linspace(0, 1, 101)[None], percentile=100)[0])

    assert (np.diff(shades) > -0.2).all()  # rounding to 8 bits
    assert shades[0] < 10
    assert shades[-1] > 88


def test_for_and_against_are_of_equal_weight_around_white():
    shades = lightness(overlay.colours(np.linspace(-1, 1, 101)[None], signed=True, percentile=100)[0])

    np.testing.assert_allclose(shades, shades[::-1], atol=6)
    assert shades.argmax() == 50
    against, _, favour = overlay.colours(np.array([[-1.0, 0, 1]]), signed=True)[0].astype(int)
    assert against[2] > against[0] + 50  # blue
    assert favour[0] > favour[2] + 50  # red


def test_an_overlay_of_no_strength_is_the_picture():
    np.testing.assert_array_equal(overlay.overlay(PICTURE, RNG.random((4, 6)), strength=0), PICTURE)


def test_at_full_strength_cold_places_are_grey_and_the_hottest_are_covered():
    heat = np.zeros((16, 24))
    heat[:, 12:] = 1

    covered = overlay.overlay(PICTURE, heat, strength=1)

    grey = np.asarray(Image.fromarray(PICTURE).convert("L"))
    np.testing.assert_allclose(covered[:, :12], np.repeat(grey[:, :12, None], 3, axis=2), atol=1)
    np.testing.assert_array_equal(covered[:, 12:], np.broadcast_to(overlay.WARM[-1], (16, 12, 3)))


def test_half_the_strength_is_half_way():
    heat = np.ones((16, 24))

    grey = np.repeat(PICTURE[..., :1], 3, axis=2)  # its own grey
    half = overlay.overlay(grey, heat, strength=0.5).astype(float)

    np.testing.assert_allclose(half, (grey + np.array(overlay.WARM[-1])) / 2, atol=0.5)


def test_an_explanation_brings_its_own_way_of_reading():
    heat = np.array([[1.0, -1.0]])
    pixelwise = SimpleNamespace(heat=heat, signed=True, coarse=False)
    smooth = SimpleNamespace(heat=heat, signed=True, coarse=True)

    sharp = overlay.overlay(PICTURE, pixelwise, strength=1)
    blurred = overlay.overlay(PICTURE, smooth, strength=1)

    assert len(np.unique(sharp.reshape(-1, 3), axis=0)) == 2  # squares of pure red and pure blue
    assert tuple(sharp[0, 0]) == overlay.AGAINST_TO_FOR[-1]
    assert tuple(sharp[0, -1]) == overlay.AGAINST_TO_FOR[0]
    assert len(np.unique(blurred.reshape(-1, 3), axis=0)) > 2


def test_a_picture_smaller_than_the_heat_is_fine():
    assert overlay.overlay(PICTURE, RNG.random((64, 96))).shape == PICTURE.shape


def test_enlarging_repeats_pixels():
    large = overlay.enlarged(PICTURE, 100)

    assert large.shape == (80, 120, 3)
    np.testing.assert_array_equal(large[::5, ::5], PICTURE)
    np.testing.assert_array_equal(overlay.enlarged(large, 100), large)


def test_the_files_hold_the_overlay_and_the_raw_heat():
    heat = RNG.normal(size=(16, 24)).astype("float32")
    found = SimpleNamespace(heat=heat, signed=True, coarse=False, picture=PICTURE)

    shown = images.decode(overlay.png(found, strength=0.7, side=48)).pixels
    np.testing.assert_array_equal(shown, overlay.shown(found, 0.7, side=48))
    np.testing.assert_array_equal(np.load(BytesIO(overlay.npy(heat)), allow_pickle=False), heat)


def test_maps_on_one_scale_get_the_same_colour_for_the_same_heat():
    weak, strong = np.full((4, 4), 1.0), np.full((4, 4), 4.0)
    top = overlay.strongest([weak, strong])

    assert top == 4
    np.testing.assert_allclose(overlay.normalise(weak, top=top), 0.25)
    picture = np.full((4, 4, 3), 100, "uint8")
    np.testing.assert_array_equal(overlay.overlay(picture, strong, top=4.0), overlay.overlay(picture, strong))
    assert (overlay.overlay(picture, weak, top=4.0) != overlay.overlay(picture, weak)).any()


@pytest.mark.parametrize("signed", [True, False])
def test_a_scale_runs_through_the_colours_of_the_maps(signed):
    shown = overlay.scale(signed, width=5, height=2)
    levels = np.linspace(-1 if signed else 0, 1, 5)[None]

    assert shown.shape == (2, 5, 3)
    np.testing.assert_array_equal(shown[:1], overlay.colours(levels, signed, percentile=100))


@pytest.mark.parametrize("coarse", [True, False])
@pytest.mark.parametrize("signed", [True, False])
def test_shown_is_the_overlay_of_the_enlarged_picture(coarse, signed):
    """To two levels of 255: the percentile of repeated heat lies between other neighbours."""
    found = SimpleNamespace(
        heat=RNG.normal(size=(16, 24)).astype("float32"), signed=signed, coarse=coarse, picture=PICTURE
    )

    by_hand = overlay.overlay(overlay.enlarged(PICTURE, 96), found, 0.7)

    np.testing.assert_allclose(overlay.shown(found, 0.7, side=96).astype(int), by_hand, atol=2)


@pytest.mark.parametrize("signed", [True, False])
def test_heat_over_a_picture_in_its_own_size_lies_where_the_network_looks(signed):
    pixels = RNG.integers(0, 256, (40, 64, 3), dtype="uint8")
    heat = np.zeros((8, 8), "float32")
    heat[0, 0] = heat[-1, -1] = -1 if signed else 1
    found = SimpleNamespace(heat=heat, signed=signed, coarse=False, picture=images.fit(pixels, 8, 8))
    view = images.view(pixels, (8, 8))
    last = (overlay.AGAINST_TO_FOR[0],) if signed else (overlay.WARM[-1],)

    shown = overlay.on_view(view, found, strength=1)

    hottest = (shown == last).all(axis=-1)
    where = np.zeros((40, 64), bool)
    where[:5, 12:17] = where[35:, 47:52] = True  # the first and the last of 8 x 8 squares of what lies in the middle
    np.testing.assert_array_equal(hottest, where)
    np.testing.assert_array_equal(images.decode(overlay.png(found, 1, view=view)).pixels, shown)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("coarse", [True, False])
@pytest.mark.parametrize("shape", [(12, 10, 3), (3, 12, 10, 3)])
def test_layers_laid_over_one_another_are_the_overlay(signed, coarse, shape, monkeypatch):
    """As a browser lays them; rounding to 256 levels twice costs up to 2 of them."""
    monkeypatch.setattr(overlay, "SMOOTH_SIDE", 1)  # not enlarged
    monkeypatch.setattr(overlay, "enlarged", lambda picture, side=1: picture)
    random = np.random.default_rng(3)
    picture, heat = random.integers(0, 256, shape, dtype="uint8"), random.normal(size=shape[:-1]).astype("float32")
    seen = SimpleNamespace(picture=picture, heat=heat, signed=signed, coarse=coarse)
    ground, grey, cover = (each.astype("float32") for each in overlay.layers(seen))
    for strength in (0.0, 0.4, 1.0):
        below = ground + strength * (grey - ground)
        found = below + strength * cover[..., 3:] / 255 * (cover[..., :3] - below)
        np.testing.assert_allclose(found, overlay.overlay(picture, seen, strength), atol=2)
