"""Expected gradients."""

import numpy as np
import pytest

from mlcore.backend.gradients import score_of
from mlcore.errors import Kind, Refused
from mlcore.explanation.methods.expected_gradients import ExpectedGradientsSettings, expected_gradients
from mlcore.explanation.methods.integrated_gradients import IntegratedGradientsSettings, integrated_gradients


@pytest.mark.parametrize("steps", [1, 4])
def test_a_linear_score_is_shared_out_exactly(linear, picture, steps):
    found = expected_gradients(ExpectedGradientsSettings(steps=steps), linear, picture, target=1)

    expected = (picture - linear.background.mean(axis=0)) * linear.weights[1]
    np.testing.assert_allclose(found.values, expected, rtol=1e-4, atol=1e-2)
    assert found.diagnostics["completeness_gap"] < 1e-4
    assert found.diagnostics["score_of_the_background"] == pytest.approx(linear.values(linear.background, 1).mean())


def test_from_one_plain_picture_it_is_integrated_gradients(patches, picture):
    patches.background = np.zeros((1, 8, 8, 3), "float32")

    found = expected_gradients(ExpectedGradientsSettings(steps=100), patches, picture, target=0)

    expected = integrated_gradients(IntegratedGradientsSettings(steps=300), patches, picture, target=0)
    np.testing.assert_allclose(found.heat, expected.heat, atol=0.01 * abs(expected.heat).max())


def test_it_estimates_the_mean_over_the_background(patches, picture):
    one_by_one = []
    for start in patches.background:
        alone = type(patches)()
        alone.background = start[None]
        one_by_one.append(expected_gradients(ExpectedGradientsSettings(steps=100), alone, picture, target=0).heat)

    found = expected_gradients(ExpectedGradientsSettings(steps=4), patches, picture, target=0)

    expected = np.mean(one_by_one, axis=0)
    assert abs(found.heat - expected).max() < 0.05 * abs(expected).max()


def test_more_places_leave_a_smaller_gap(patches, picture):
    def gap(steps):
        settings = [ExpectedGradientsSettings(steps=steps, seed=seed) for seed in range(8)]
        return np.mean([_gap(expected_gradients(each, patches, picture, 2)) for each in settings])

    assert gap(1) > gap(4) > gap(32)


def _gap(found):
    return found.diagnostics["completeness_gap"]


def test_fewer_pictures_are_the_first_ones(linear, picture):
    found = expected_gradients(ExpectedGradientsSettings(pictures=2), linear, picture, target=1)

    expected = (picture - linear.background[:2].mean(axis=0)) * linear.weights[1]
    np.testing.assert_allclose(found.values, expected, rtol=1e-4, atol=1e-2)


def test_the_gap_is_small_on_a_real_network(classifiers, photo):
    classifier = classifiers["wide"]
    backgrounds = np.stack([photo(classifier, seed) for seed in range(20, 36)]).astype("float32")
    score = score_of(classifier.model).with_background(backgrounds, "16 random pictures")

    for target in range(3):  # 64 gradients in all; over 20 seeds the sum is off by 1 to 2 % of the scores' range
        found = expected_gradients(ExpectedGradientsSettings(), score, photo(classifier).astype("float32"), target)
        before, after = score.values(backgrounds, target), score.values(photo(classifier)[None], target)[0]
        assert found.heat.sum() == pytest.approx(after - before.mean(), abs=0.05 * float(np.ptp(before)))


def test_without_a_background_there_is_nothing_to_compare_with(patches, picture):
    patches.background = None

    with pytest.raises(Refused, match="background") as refusal:
        expected_gradients(ExpectedGradientsSettings(), patches, picture, target=0)

    assert refusal.value.kind == Kind.MISSING_DATA
