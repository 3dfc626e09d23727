"""RISE."""

import numpy as np
import pytest

from mlcore.explanation.methods.rise import Masks, RiseSettings, rise
from mlcore.explanation.toolkit.agreement import rank_correlation


class ConstantScore:
    """Gives the same score whatever it sees."""

    def values(self, batch, target):
        return np.full(len(batch), 7.3, "float32")


def test_a_constant_score_has_a_constant_map(picture):
    found = rise(RiseSettings(samples=300), ConstantScore(), picture, 0)

    assert not found.heat.any()
    assert found.diagnostics["halves_agree"] == 1


def test_the_map_is_the_paper_s_less_its_mean_score(patches, picture):
    """Equation 6 written out mask by mask."""
    settings = RiseSettings(samples=200, baseline="black", seed=4)
    masks = Masks(picture.shape, 200, settings.cells, settings.kept, settings.seed).of(slice(0, 200))
    scores = np.array([patches.values((mask[..., None] * picture)[None], 2)[0] for mask in masks])

    found = rise(settings, patches, picture, 2)

    by_hand = sum(score * mask for score, mask in zip(scores, masks, strict=True)) / sum(masks)
    np.testing.assert_allclose(found.heat, by_hand - scores.mean(), atol=1e-6)


def test_a_linear_score_is_ranked_by_weight_times_value(linear, picture):
    """Cells of one pixel: seeing it adds half of weight times value to the mean of all masks.

    20,000 masks, seed 0: the standard error is 8; four and a half of them. Seeds 0 to 3 give 15 to 19.
    """
    truth = (linear.weights[0] * picture).sum(axis=-1)

    found = rise(RiseSettings(samples=20_000, cells=8, baseline="black"), linear, picture, 0)

    np.testing.assert_allclose(found.heat, truth / 2, atol=36)
    assert rank_correlation(found.heat, truth) > 0.99
    assert found.diagnostics["halves_agree"] > 0.98


def test_masks_are_smooth_between_0_and_1_and_keep_the_share_asked_for():
    """4,000 masks of 9 or more cells: the mean has a standard error below 0.003; four of them."""
    for share in (0.2, 0.5):
        masks = Masks((32, 24, 3), 4000, 6, share, seed=0).of(slice(0, 4000))

        assert masks.shape == (4000, 32, 24)
        assert 0 <= masks.min() < masks.max() <= 1
        assert np.abs(np.diff(masks, axis=1)).max() <= 1 / 4 + 1e-6  # cells of 4 pixels
        np.testing.assert_allclose(masks.mean(), share, atol=0.012)


def test_every_pixel_is_seen_about_equally_often():
    """4,000 masks: a mean of one half has a standard error of at most 0.008; four and a half of them."""
    means = Masks((16, 40, 3), 4000, 4, 0.5, seed=1).of(slice(0, 4000)).mean(axis=0)

    assert np.abs(means - 0.5).max() < 0.036


def test_a_mask_follows_from_its_number():
    masks = Masks((8, 8, 3), 100, 4, 0.5, seed=3)

    np.testing.assert_array_equal(masks.of(slice(0, 100))[40:60], masks.of(slice(40, 60)))


@pytest.mark.parametrize("samples", [2, 3])
def test_the_fewest_masks_are_fine(patches, picture, samples):
    assert np.isfinite(rise(RiseSettings(samples=samples, kept=0.05), patches, picture, 0).heat).all()
