"""Schedules and losses against their formulas."""

import numpy as np
import pytest

from mlcore.recipe import Training
from mlcore.training.optimizers import FLOOR, WARM_UP, Schedule, loss, optimizer


def rates(kind, steps=100):
    schedule = Schedule(kind, 2.0, steps)
    return np.array([float(schedule(step)) for step in range(steps + 1)])


def test_a_constant_rate_stays():
    np.testing.assert_allclose(rates("constant"), 2.0)


def test_a_cosine_falls_from_the_peak_to_nothing():
    found = rates("cosine")

    np.testing.assert_allclose(found[[0, 50, 100]], [2.0, 1.0 + FLOOR, 2.0 * FLOOR], rtol=1e-4)
    assert (np.diff(found) < 0).all()


def test_one_cycle_climbs_to_the_peak_and_comes_down_straight():
    found = rates("one-cycle")

    assert found.argmax() == round(100 * WARM_UP)
    np.testing.assert_allclose(found[60], 2.0 * 0.4 / (1 - WARM_UP), rtol=1e-5)
    np.testing.assert_allclose(found[[0, 100]], 2.0 * FLOOR, rtol=1e-5)


def test_cross_entropy_of_even_logits_is_the_logarithm_of_the_number_of_classes():
    found = loss(Training(), 4)(np.array([0, 3]), np.zeros((2, 4), "float32"))

    np.testing.assert_allclose(np.asarray(found), np.log(4), rtol=1e-6)


def test_label_smoothing_mixes_in_the_mean_over_all_classes():
    logits = np.array([[2.0, -1.0, 0.5]], "float32")
    logs = logits - np.log(np.exp(logits).sum())

    found = loss(Training(label_smoothing=0.3), 3)(np.array([0]), logits)

    np.testing.assert_allclose(np.asarray(found), [-(0.7 * logs[0, 0] + 0.3 * logs.mean())], rtol=1e-5)


def test_mean_squared_error_is_the_brier_score_over_the_classes():
    found = loss(Training(loss="mean-squared-error"), 4)(np.array([1]), np.zeros((1, 4), "float32"))

    np.testing.assert_allclose(np.asarray(found), [(3 * 0.25**2 + 0.75**2) / 4], rtol=1e-6)


@pytest.mark.parametrize("name", ["gradient-descent", "momentum", "nesterov", "rmsprop", "adam", "adamw"])
def test_every_optimizer_walks_downhill(name):
    import keras

    weight = keras.Variable(np.array([1.0, -2.0], "float32"))
    walker = optimizer(Training(optimizer=name, learning_rate=0.05), 10)
    for _ in range(10):
        walker.apply([2 * weight.value], [weight])

    assert np.abs(np.asarray(weight)).sum() < 3.0
