"""Blur integrated gradients."""

import numpy as np
import pytest

from mlcore.backend.gradients import score_of
from mlcore.explanation.methods.blur_integrated_gradients import (
    BlurIntegratedGradientsSettings,
    blur_integrated_gradients,
)
from mlcore.explanation.toolkit.blur import blurred


@pytest.mark.parametrize("steps", [2, 50, 130])
def test_a_linear_score_is_shared_out_exactly(linear, picture, steps):
    found = blur_integrated_gradients(BlurIntegratedGradientsSettings(steps=steps), linear, picture, target=1)

    lost = picture - blurred(picture, [0.25 * 8])[0]
    np.testing.assert_allclose(found.values, lost * linear.weights[1], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(found.heat, found.values.sum(axis=-1), atol=1e-3)
    assert found.diagnostics["completeness_gap"] < 1e-4


def test_a_quadratic_score_is_shared_out_exactly(quadratic, picture):
    found = blur_integrated_gradients(BlurIntegratedGradientsSettings(steps=3), quadratic, picture, target=0)

    lost = picture**2 - blurred(picture, [2])[0] ** 2
    np.testing.assert_allclose(found.values, quadratic.weights[0] * lost / 2, rtol=1e-3, atol=2e-2)


@pytest.mark.parametrize(("steps", "allowed"), [(50, 0.03), (300, 0.01)])
def test_the_gap_is_small_on_a_real_network(classifiers, photo, steps, allowed):
    classifier = classifiers["wide"]
    score, seen = score_of(classifier.model), photo(classifier).astype("float32")

    for target in range(3):
        found = blur_integrated_gradients(BlurIntegratedGradientsSettings(steps=steps), score, seen, target)

        before, after = score.values(np.stack([blurred(seen, [5])[0], seen]), target)
        assert abs(found.heat.sum() - (after - before)) <= allowed * abs(after - before)
        assert found.diagnostics["score_of_the_plain_picture"] == pytest.approx(before, rel=1e-4)


def test_a_picture_of_one_colour_has_nothing_to_bring_into_focus(patches):
    found = blur_integrated_gradients(BlurIntegratedGradientsSettings(), patches, np.full((8, 8, 3), 77, "float32"), 0)

    assert abs(found.heat).max() < 1e-6
