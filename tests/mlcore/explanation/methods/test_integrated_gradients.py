"""Integrated gradients."""

import numpy as np
import pytest

from mlcore.backend.gradients import score_of
from mlcore.explanation.methods.integrated_gradients import IntegratedGradientsSettings, integrated_gradients


@pytest.mark.parametrize("baseline", [0.0, 128.0, 255.0])
@pytest.mark.parametrize("steps", [2, 50])
def test_a_linear_score_is_shared_out_exactly(linear, picture, baseline, steps):
    settings = IntegratedGradientsSettings(steps=steps, baseline=baseline)

    found = integrated_gradients(settings, linear, picture, target=1)

    np.testing.assert_allclose(found.values, (picture - baseline) * linear.weights[1], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(found.heat, found.values.sum(axis=-1), atol=1e-3)
    assert found.diagnostics["completeness_gap"] < 1e-4


def test_a_quadratic_score_is_shared_out_exactly(quadratic, picture):
    found = integrated_gradients(IntegratedGradientsSettings(steps=3), quadratic, picture, target=0)

    np.testing.assert_allclose(found.values, quadratic.weights[0] * picture**2 / 2, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize(("steps", "allowed"), [(50, 0.03), (300, 0.01)])
@pytest.mark.parametrize("baseline", [0, 255])
def test_the_gap_is_small_on_a_real_network(classifiers, photo, steps, allowed, baseline):
    classifier = classifiers["wide"]
    settings = IntegratedGradientsSettings(steps=steps, baseline=baseline)
    seen = photo(classifier).astype("float32")
    score = score_of(classifier.model)

    for target in range(3):
        found = integrated_gradients(settings, score, seen, target)
        before, after = score.values(np.stack([np.full_like(seen, baseline), seen]), target)
        assert abs(found.heat.sum() - (after - before)) <= allowed * abs(after - before)
        assert found.diagnostics["completeness_gap"] <= allowed
        assert found.diagnostics["score_of_the_plain_picture"] == pytest.approx(before)


def test_the_gap_is_reported_where_the_steps_are_too_few(patches):
    bright = np.full((8, 8, 3), 255, "float32") * [1, 0.2, 0.6]

    gaps = [
        integrated_gradients(IntegratedGradientsSettings(steps=steps), patches, bright.astype("float32"), 0).diagnostics
        for steps in (2, 8, 64)
    ]
    few, more, many = (each["completeness_gap"] for each in gaps)

    assert few > more > many
    assert few > 0.01


def test_the_plain_picture_itself_has_nothing_to_explain(patches):
    found = integrated_gradients(IntegratedGradientsSettings(), patches, np.zeros((8, 8, 3), "float32"), 0)

    assert not found.heat.any()
    assert found.diagnostics["completeness_gap"] == 0
