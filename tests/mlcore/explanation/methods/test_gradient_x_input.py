"""Gradient x input."""

import numpy as np
import pytest

from mlcore.explanation.methods.gradient_x_input import GradientXInputSettings, gradient_x_input


@pytest.mark.parametrize("baseline", [0.0, 128.0])
def test_a_linear_score_is_shared_out_exactly(linear, picture, baseline):
    found = gradient_x_input(GradientXInputSettings(baseline=baseline), linear, picture, target=1)

    np.testing.assert_allclose(found.values, (picture - baseline) * linear.weights[1], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(found.heat, found.values.sum(axis=-1), atol=1e-3)
    assert found.diagnostics["linearity_gap"] < 1e-4


def test_a_quadratic_score_gets_twice_its_difference(quadratic, picture):
    found = gradient_x_input(GradientXInputSettings(), quadratic, picture, target=0)

    np.testing.assert_allclose(found.values, quadratic.weights[0] * picture**2, rtol=1e-5)
    assert found.diagnostics["linearity_gap"] == pytest.approx(1, rel=1e-4)
