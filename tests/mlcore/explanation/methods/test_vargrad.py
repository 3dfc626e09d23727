"""VarGrad."""

import numpy as np
import pytest

from mlcore.explanation.methods.smoothgrad import SmoothGradSettings
from mlcore.explanation.methods.vargrad import vargrad


def test_a_linear_score_has_no_variance(linear, picture):
    found = vargrad(SmoothGradSettings(), linear, picture, target=0)

    assert not found.heat.any()


def test_of_a_quadratic_score_it_is_that_of_the_noise(quadratic, picture):
    found = vargrad(SmoothGradSettings(samples=500, noise=0.1), quadratic, picture, target=0)

    # The gradient w * (x + noise) has variance (w s)^2; estimated from 500 copies it is off by sqrt(2 / 500) = 6 %
    # of that (one standard deviation). Of 64 pixels none is off by five of these, and their mean by less than two.
    share = found.heat / ((quadratic.weights[0] * 0.1 * np.ptp(picture)) ** 2).max(axis=-1)
    assert abs(share - 1).max() < 0.32
    assert share.mean() == pytest.approx(1, abs=0.05)


def test_it_is_the_variance_over_the_copies(patches, picture):
    found = vargrad(SmoothGradSettings(samples=131, seed=4), patches, picture, target=2)

    noise = np.random.default_rng(4).standard_normal((131, *picture.shape), dtype="float32")
    copies = patches.gradient(picture + 0.15 * np.ptp(picture) * noise, 2)
    np.testing.assert_allclose(found.heat, copies.astype("float64").var(axis=0).max(axis=-1), rtol=1e-4)
    assert 0 < found.diagnostics["halves_agree"] < 1


def test_without_noise_there_is_nothing(patches, picture):
    assert not vargrad(SmoothGradSettings(noise=0), patches, picture, target=1).heat.any()
