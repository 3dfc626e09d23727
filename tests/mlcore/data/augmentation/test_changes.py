"""Augmentation varies training pictures, keeps the originals and repeats itself exactly."""

import hashlib
import time

import numpy as np
import pytest

from mlcore.data import augmentation
from mlcore.data.augmentation.changes.cutout import GREY
from mlcore.data.augmentation.changes.flip import mirrored
from mlcore.data.augmentation.shelf import changes
from mlcore.recipe import Augmentation
from mlcore.settings import fields

FIRST = {"flip": True, "shift": 3, "rotate": 20, "zoom": 0.3, "brightness": 0.5, "contrast": 0.5}
FIRST |= {"invert": True, "strokes": 0.5, "cutout": 4}
EVERY = {
    spec.name: {spec.name: (spec.high and type(spec.default)(spec.high)) or True}
    for spec in fields(Augmentation)
    if "mix" not in spec.name
}
EVERY |= {"grey": {"grey": 0.5}, "cutout": {"cutout": 4}}
EVERY |= {"first": FIRST, "all": {name: value for each in EVERY.values() for name, value in each.items()}}


def apply(pictures, epoch=0, seed=0, **settings):
    return augmentation.apply(
        pictures, Augmentation(**settings), epoch, np.arange(len(pictures)), np.random.default_rng(seed)
    )


@pytest.fixture
def pictures(noise):
    made = noise(40, 10, 14)
    made.setflags(write=False)  # writing to them would raise
    return made


@pytest.mark.parametrize("settings", EVERY.values(), ids=EVERY)
def test_the_same_arguments_give_the_same_new_pictures(pictures, settings):
    first, again, other = (apply(pictures, seed=seed, **settings) for seed in (0, 0, 1))

    assert first.shape == pictures.shape
    assert first.dtype == np.uint8
    assert (first != pictures).any()
    np.testing.assert_array_equal(first, again)
    assert "flip" in settings or (first != other).any()


@pytest.mark.parametrize("settings", EVERY.values(), ids=EVERY)
def test_all_frames_of_a_clip_change_alike(noise, settings):
    clips = noise(6, 12, 16).reshape(6, 1, 12, 16, 3).repeat(3, axis=1)

    varied = apply(clips, **settings)

    assert varied.shape == clips.shape
    np.testing.assert_array_equal(varied, varied[:, :1].repeat(3, axis=1))
    assert not np.array_equal(varied, clips)


def test_every_setting_is_read_by_one_change_and_off_at_first():
    names = [name for entry in changes.all() for name in entry.about.settings]

    assert sorted([*names, "mixup", "cutmix"]) == sorted(Augmentation.model_fields)
    assert not any(Augmentation().model_dump().values())


def test_what_automatic_may_draw_are_settings_of_the_change_within_their_bounds():
    for entry in changes.all():
        for name, widest in entry.about.widest.items():
            assert name in entry.about.settings
            assert apply_nothing(**{name: widest})


def apply_nothing(**settings):
    return apply(np.zeros((1, 8, 8, 3), "uint8"), **settings).shape == (1, 8, 8, 3)


@pytest.mark.parametrize(
    ("settings", "digest"),
    [
        ({"flip": True}, "11604cd3bd4c9adb"),
        ({"shift": 3}, "9fb3864f4b7b3b92"),
        ({"rotate": 20}, "967d5396fae709c8"),
        ({"zoom": 0.3}, "f185d4b5ca091557"),
        ({"brightness": 0.5}, "4bcf2b487dc7e03f"),
        ({"contrast": 0.5}, "c56fa5050e01c463"),
        ({"invert": True}, "48875302a4a88a26"),
        ({"strokes": 0.5}, "06136051053cef94"),
        ({"cutout": 4}, "43134737650e8866"),
        (FIRST, "3009ffadc59c7785"),
    ],
)
def test_recipes_of_version_0_1_give_the_same_pictures_to_the_bit(settings, digest):
    """Digests of what 0.1.0 gave; sums of so few whole numbers are exact in float32, so no machine differs."""
    given = np.random.default_rng(7).integers(0, 256, (12, 10, 14, 3)).astype("uint8")

    varied = apply(given, epoch=1, seed=3, **settings)

    assert hashlib.sha256(varied.tobytes()).hexdigest()[:16] == digest


def test_without_settings_nothing_changes(pictures):
    assert apply(pictures) is pictures


def test_flipping_mirrors_about_half_and_the_other_half_next_epoch(noise):
    pictures = noise(1000, 4, 5)
    mirrored = pictures[:, :, ::-1]

    first, second = apply(pictures, epoch=0, flip=True), apply(pictures, epoch=1, flip=True)

    was = (first == mirrored).all(axis=(1, 2, 3))
    assert 400 < was.sum() < 600
    np.testing.assert_array_equal(first[was], mirrored[was])
    np.testing.assert_array_equal(first[~was], pictures[~was])
    np.testing.assert_array_equal(second[was], pictures[was])
    np.testing.assert_array_equal(second[~was], mirrored[~was])


def test_flipping_depends_on_the_picture_not_on_its_place_in_the_batch():
    indices = np.random.default_rng(0).permutation(50)

    np.testing.assert_array_equal(mirrored(indices, 3), mirrored(np.arange(50), 3)[indices])


def test_a_shift_moves_whole_pixels_by_at_most_the_setting():
    rows, columns = np.mgrid[:9, :9]
    picture = np.stack([rows, columns, rows], axis=-1).astype("uint8")

    moved = apply(np.repeat(picture[None], 500, axis=0), shift=2).astype(int)

    down, right = moved[:, 4, 4, 0] - 4, moved[:, 4, 4, 1] - 4
    assert set(zip(down, right, strict=True)) == {(y, x) for y in range(-2, 3) for x in range(-2, 3)}
    for y, x, one in zip(down, right, moved, strict=True):
        inside_rows, inside_columns = slice(max(0, -y), 9 - max(0, y)), slice(max(0, -x), 9 - max(0, x))
        expected = picture[max(0, y) : 9 + min(0, y), max(0, x) : 9 + min(0, x)]
        np.testing.assert_array_equal(one[inside_rows, inside_columns], expected)


def test_a_shift_wider_than_the_picture_is_filled_from_inside(noise):
    pictures = noise(20, 3, 3)

    moved = apply(pictures, shift=16)

    assert all(set(one[..., 0].ravel()) <= set(old[..., 0].ravel()) for one, old in zip(moved, pictures, strict=True))


@pytest.mark.parametrize("settings", [{"rotate": 1e-9}, {"zoom": 1e-9}])
def test_turning_by_nothing_is_the_identity(pictures, settings):
    turned = apply(pictures, **settings).astype(int)

    np.testing.assert_allclose(turned, pictures, atol=1)  # Pillow's bilinear filter cuts off instead of rounding


@pytest.mark.parametrize("settings", [{"rotate": 45}, {"zoom": 0.5}, {"rotate": 45, "zoom": 0.5}])
def test_turning_never_shows_anything_from_outside(settings):
    flat = np.full((30, 8, 12, 3), 200, "uint8")

    np.testing.assert_allclose(apply(flat, **settings).astype(int), flat, atol=1)


def test_rotation_keeps_the_middle_and_zoom_changes_sizes():
    picture = np.zeros((200, 21, 21, 3), "uint8")
    picture[:, 7:14, 7:14] = 255

    turned, zoomed = apply(picture, rotate=45), apply(picture, zoom=0.4)

    assert (turned[:, 10, 10] == 255).all()
    areas = (zoomed[..., 0] > 127).sum(axis=(1, 2)) / 49
    assert 0.3 < areas.min() < 0.6 < 1.5 < areas.max() < 2.3  # 0.6² and 1.4², in whole pixels


def test_brightness_scales_and_contrast_keeps_the_mean():
    picture = np.stack([np.full((4, 4), 100), np.full((4, 4), 60), np.full((4, 4), 80)], axis=-1)
    pictures = np.repeat(picture[None], 300, axis=0).astype("uint8")

    bright, spread = apply(pictures, brightness=0.5), apply(pictures, contrast=0.5)

    assert 50 <= bright[..., 0].min() < 60 < 140 < bright[..., 0].max() <= 150
    np.testing.assert_allclose(bright[..., 1], bright[..., 0] * 0.6, atol=1)
    assert (spread[..., 2] == 80).all()
    assert 50 <= spread[..., 1].min() < 53 < 67 < spread[..., 1].max() <= 70
    assert len(np.unique(spread[..., 0])) > 10


def test_values_stop_at_black_and_white():
    extremes = np.zeros((50, 2, 2, 3), "uint8")
    extremes[:, 0] = 255

    assert set(np.unique(apply(extremes, contrast=0.8, seed=1)[:, 1])) <= set(range(0, 128))
    assert apply(np.full((50, 2, 2, 3), 250, "uint8"), brightness=0.8).max() == 255


def test_cutout_lays_one_grey_square_over_each_picture():
    pictures = np.zeros((400, 12, 12, 3), "uint8")

    grey = (apply(pictures, cutout=4) == GREY).all(axis=-1)

    sizes = grey.sum(axis=(1, 2))
    assert sizes.max() == 16
    assert sizes.min() >= 4  # a quarter of it at a corner
    assert grey.any(axis=0).all()


@pytest.mark.slow
def test_flip_and_shift_cost_a_few_microseconds_a_picture(noise):
    pictures = noise(128, 32, 32)

    def once():
        start = time.process_time()
        apply(pictures, flip=True, shift=2)
        return (time.process_time() - start) / len(pictures)

    assert min(once() for _ in range(50)) < 20e-6  # measured 3.4e-6 on a busy machine


def test_a_negative_or_the_picture_itself_with_even_odds(noise):
    """Of 500 pictures between 200 and 300 are negatives: 4.5 standard deviations either way of 250."""
    batch = np.repeat(noise(1, 8, 8), 500, axis=0)
    out = apply(batch, invert=True)
    negative = (out == 255 - batch).all(axis=(1, 2, 3))

    assert 200 < negative.sum() < 300
    np.testing.assert_array_equal(out[~negative], batch[~negative])


def test_strokes_grow_and_shrink_by_up_to_a_pixel_a_side():
    """A bright line of width 3: whole way to the dilation is width 5, to the erosion 1; the mean says how far it is."""
    line = np.zeros((400, 15, 15, 3), np.uint8)
    line[:, :, 6:9] = 255
    out = apply(line, strokes=1.0)
    widths = out[:, 7, :, 0].sum(axis=1) / 255

    assert 1 <= widths.min() < 1.1
    assert 4.9 < widths.max() <= 5
    assert abs(widths.mean() - 3) < 0.2  # the standard error of 400 draws from -2 to 2 is 0.06
