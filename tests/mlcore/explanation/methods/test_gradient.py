"""Gradient."""

import numpy as np

from mlcore.explanation.methods.gradient import GradientSettings, gradient


def test_the_gradient_of_a_linear_score_is_its_weight(linear, picture):
    found = gradient(GradientSettings(), linear, picture, target=2)

    np.testing.assert_array_equal(found.values, linear.weights[2])
    np.testing.assert_array_equal(found.heat, abs(linear.weights[2]).max(axis=-1))


def test_it_agrees_with_finite_differences(patches, picture):
    values = gradient(GradientSettings(), patches, picture, target=1).values

    for place in [(0, 0, 0), (3, 5, 1), (7, 7, 2)]:
        step = np.zeros_like(picture)
        step[place] = 0.5
        ahead, behind = patches.values(np.stack([picture + step, picture - step]).astype("float64"), 1)
        np.testing.assert_allclose(values[place], ahead - behind, rtol=1e-3)
