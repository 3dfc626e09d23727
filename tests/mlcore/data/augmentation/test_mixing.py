"""Mixed pictures and what their labels say of them."""

import numpy as np
import pytest

from mlcore.data.augmentation import mixing
from mlcore.recipe import Augmentation

WAYS = {"mixup": {"mixup": 0.4}, "cutmix": {"cutmix": 1.0}, "both": {"mixup": 0.4, "cutmix": 1.0}}


def mixed(pictures, labels, seed=0, **settings):
    return mixing.mix(pictures, labels, 5, Augmentation(**settings), np.random.default_rng(seed))


@pytest.fixture
def flat():
    """Pictures whose every pixel is 50 times their class, uint8 (200, 12, 16, 3), with the labels."""
    labels = np.random.default_rng(1).integers(0, 5, 200).astype("int32")
    return np.ones((200, 12, 16, 3), "uint8") * (50 * labels[:, None, None, None]).astype("uint8"), labels


@pytest.mark.parametrize("settings", WAYS.values(), ids=WAYS)
def test_a_label_says_what_the_picture_is_of(flat, settings):
    """The mean brightness of a mixture of flat pictures is the same mixture of their brightness; shares sum to 1."""
    pictures, labels = flat
    given = pictures.copy()

    out, soft = mixed(pictures, labels, **settings)

    assert (out.dtype, soft.dtype, soft.shape) == (np.uint8, np.float32, (200, 5))
    np.testing.assert_allclose(soft.sum(axis=1), 1, rtol=1e-6)
    assert ((soft > 0).sum(axis=1) <= 2).all()
    np.testing.assert_allclose(out.mean(axis=(1, 2, 3)), soft @ (50 * np.arange(5)), atol=0.51)
    assert (soft.max(axis=1) < 1).sum() > 60
    np.testing.assert_array_equal(pictures, given)


@pytest.mark.parametrize("settings", WAYS.values(), ids=WAYS)
def test_the_same_chance_gives_the_same_mixture_and_another_chance_another(flat, settings):
    one, again, other = (mixed(*flat, seed=seed, **settings) for seed in (0, 0, 1))

    np.testing.assert_array_equal(one[0], again[0])
    np.testing.assert_array_equal(one[1], again[1])
    assert (one[1] != other[1]).any()


def test_mixup_with_the_whole_or_nothing_is_one_of_the_two(noise):
    pictures, others, rng = noise(3), noise(3, seed=1), np.random.default_rng(0)

    out, shares = mixing.mixup(pictures, others, np.array([1.0, 0.0, 0.5]), rng)

    np.testing.assert_array_equal(out[0], pictures[0])
    np.testing.assert_array_equal(out[1], others[1])
    np.testing.assert_allclose(out[2], (pictures[2].astype(int) + others[2]) / 2, atol=0.5)
    np.testing.assert_array_equal(shares, [1, 0, 0.5])


def test_cutmix_lays_one_rectangle_over_each_picture(noise):
    pictures, others = noise(200, 12, 16), noise(200, 12, 16, seed=1)

    out, shares = mixing.cutmix(pictures, others, np.full(200, 0.5), np.random.default_rng(0))

    for one, own, other, share in zip(out, pictures, others, shares, strict=True):
        laid = (one != own).any(axis=-1)
        rows, columns = np.flatnonzero(laid.any(axis=1)), np.flatnonzero(laid.any(axis=0))
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        np.testing.assert_array_equal(one[box], other[box])
        assert share == pytest.approx(1 - one[box].size / one.size)
    assert shares.min() == pytest.approx(0.5, abs=0.09)  # half of the area, in whole pixels, where none is cut off


def test_where_both_are_on_each_picture_goes_one_way(flat):
    """Of 200 pictures 60 to 140 have a straight edge or nothing changed: 5.6 standard deviations either way."""
    pictures, labels = flat
    out, _ = mixed(pictures, labels, mixup=2.0, cutmix=2.0)

    by_cutmix = sum(len(np.unique(one)) > 1 for one in out)
    assert 50 < by_cutmix < 140


def test_all_frames_of_a_clip_are_mixed_alike(noise):
    clips = noise(6, 12, 16).reshape(6, 1, 12, 16, 3).repeat(3, axis=1)

    out, _ = mixed(clips, np.arange(6) % 5, mixup=1.0, cutmix=1.0)

    assert out.shape == clips.shape
    np.testing.assert_array_equal(out, out[:, :1].repeat(3, axis=1))
