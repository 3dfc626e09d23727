"""SmoothGrad."""

import numpy as np
import pytest

from mlcore.explanation.methods.gradient import GradientSettings, gradient
from mlcore.explanation.methods.smoothgrad import SmoothGradSettings, smoothgrad


def test_without_noise_it_is_the_gradient(patches, picture):
    found = smoothgrad(SmoothGradSettings(noise=0), patches, picture, target=1)

    expected = gradient(GradientSettings(), patches, picture, target=1)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-5)
    np.testing.assert_allclose(found.heat, expected.heat, rtol=1e-5)
    assert found.diagnostics["halves_agree"] == pytest.approx(1)


@pytest.mark.parametrize("samples", [2, 3, 131])
def test_a_linear_score_has_nothing_to_smooth(linear, picture, samples):
    found = smoothgrad(SmoothGradSettings(samples=samples), linear, picture, target=0)

    np.testing.assert_allclose(found.values, linear.weights[0], rtol=1e-5)
    assert sum(len(batch) for batch in linear.asked) == samples


def test_the_noise_is_of_the_given_size_and_the_same_on_every_backend(linear, picture):
    smoothgrad(SmoothGradSettings(samples=200, noise=0.2, seed=7), linear, picture, target=0)

    noise = np.concatenate(linear.asked) - picture
    spread = 0.2 * (picture.max() - picture.min())
    drawn = np.random.default_rng(7).standard_normal(noise.shape, dtype="float32")
    np.testing.assert_allclose(noise, spread * drawn, atol=1e-3)


def test_it_estimates_the_mean_gradient(quadratic, picture):
    found = smoothgrad(SmoothGradSettings(samples=400, noise=0.1), quadratic, picture, target=0)

    # The gradient w * (x + noise) has mean w * x and an error of spread w * s / sqrt(400); 5 spreads hold everywhere.
    error = found.values / quadratic.weights[0] - picture
    spread = 0.1 * np.ptp(picture)
    assert abs(error).max() < 5 * spread / 20
    assert error.std() == pytest.approx(spread / 20, rel=0.2)


def test_more_samples_agree_better(quadratic, picture):
    def agreement(samples):
        settings = SmoothGradSettings(samples=samples, noise=1.0)
        return smoothgrad(settings, quadratic, picture, target=0).diagnostics["halves_agree"]

    assert agreement(4) < agreement(40) < agreement(400) < 1
