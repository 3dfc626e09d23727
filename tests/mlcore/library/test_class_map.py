"""Which places of the last feature map speak for a class."""

import numpy as np
import pytest

from mlcore.library.class_map import class_map, upscale

RNG = np.random.default_rng(0)


def test_under_average_pooling_the_mean_of_the_map_and_the_bias_are_the_logit():
    features, kernel, bias = RNG.normal(size=(4, 6, 8)), RNG.normal(size=(8, 3)), RNG.normal(size=3)
    logits = features.mean(axis=(0, 1)) @ kernel + bias

    maps = [class_map(features, kernel, target) for target in range(3)]

    np.testing.assert_allclose([heat.mean() + bias[k] for k, heat in enumerate(maps)], logits, rtol=1e-5)
    assert maps[0].shape == (4, 6)
    assert maps[0].dtype == np.float32


def test_places_can_speak_against_a_class():
    features = np.zeros((2, 2, 1))
    features[0, 1] = 3

    assert class_map(features, np.array([[2.0, -1.0]]), target=0).tolist() == [[0, 6], [0, 0]]
    assert class_map(features, np.array([[2.0, -1.0]]), target=1).tolist() == [[0, -3], [0, 0]]


def test_upscaling_a_step_draws_the_line_between_the_middles():
    np.testing.assert_allclose(upscale([[0, 4]], 1, 4), [[0, 1, 3, 4]])
    np.testing.assert_allclose(upscale([[0], [4]], 4, 1), [[0], [1], [3], [4]])


@pytest.mark.parametrize("size", [(8, 12), (16, 18), (4, 6)])
def test_upscaling_by_a_whole_factor_keeps_the_mean(size):
    heat = RNG.normal(size=(4, 6))

    np.testing.assert_allclose(upscale(heat, *size).mean(), heat.mean(), atol=1e-6)


def test_upscaling_makes_no_new_extremes():
    heat = RNG.normal(size=(3, 5)).astype("float32")

    large = upscale(heat, 31, 47)

    assert large.shape == (31, 47)
    assert large.dtype == np.float32
    assert heat.min() - 1e-6 <= large.min() <= large.max() <= heat.max() + 1e-6


def test_the_same_size_changes_nothing():
    heat = RNG.normal(size=(3, 5)).astype("float32")

    np.testing.assert_array_equal(upscale(heat, 3, 5), heat)
