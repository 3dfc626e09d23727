"""What hidden places show."""

import numpy as np
import pytest

from mlcore.explanation.toolkit.baselines import BASELINES, plain


@pytest.mark.parametrize(("baseline", "level"), [("black", 0), ("grey", 127.5), ("white", 255)])
def test_a_level_is_that_level_everywhere(picture, baseline, level):
    assert (plain(picture, baseline) == level).all()


def test_the_mean_colour_is_the_picture_s_own(picture):
    found = plain(picture, "mean")

    np.testing.assert_allclose(found[3, 4], picture.reshape(-1, 3).mean(axis=0), rtol=1e-6)
    assert (found == found[0, 0]).all()


def test_blurring_agrees_with_scipy_away_from_the_edges():
    from scipy.ndimage import gaussian_filter

    picture = np.random.default_rng(0).uniform(0, 255, (60, 70, 3)).astype("float32")
    found = plain(picture, "blur")

    theirs = gaussian_filter(picture, (10, 10, 0), truncate=8)  # a sixth of 60
    assert found[30, 35] == pytest.approx(theirs[30, 35], abs=0.2)  # 3 spreads from the edge: 0.3 % of the weight
    assert found.std() < picture.std() / 10


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("shape", [(8, 8, 3), (3, 50, 3), (1, 1, 3)])
def test_every_baseline_has_the_picture_s_form(baseline, shape):
    found = plain(np.full(shape, 100, "float32"), baseline)

    assert found.shape == shape
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


@pytest.mark.parametrize("baseline", ["mean", "blur"])
def test_one_colour_stays_that_colour(baseline):
    picture = np.full((9, 12, 3), [10, 200, 60], "float32")

    np.testing.assert_allclose(plain(picture, baseline), picture, rtol=1e-6)
