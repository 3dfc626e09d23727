"""What training takes, reckoned by hand: weights, gradients, moments, and every layer's output there and back."""

import keras
import pytest

from mlcore.training.estimate import _memory


def stack(*layers, name="inner"):
    return keras.Sequential([keras.Input((8, 8, 3)), *layers], name=name)


def convolutions():
    return [keras.layers.Conv2D(4, 3, padding="same"), keras.layers.ReLU()]


def head():
    return [keras.layers.Flatten(), keras.layers.Dense(5)]


WEIGHTS, ANSWER = 28 * 4, (8 * 8 * 4 + 1) * 5
OUTPUTS = 3 * 8 * 8 * 4 + 5  # convolution, activation, flattened, answer


@pytest.mark.parametrize(("optimizer", "moments"), [("gradient-descent", 0), ("nesterov", 1), ("adam", 2)])
def test_weights_gradients_moments_and_outputs_are_counted(optimizer, moments):
    expected = 4 * ((2 + moments) * (WEIGHTS + ANSWER) + 2 * 16 * OUTPUTS)

    assert _memory(stack(*convolutions(), *head()), 16, optimizer) == expected


def test_a_network_within_a_network_counts_like_its_layers():
    nested = stack(stack(*convolutions()), *head(), name="outer")

    assert _memory(nested, 16, "adam") == _memory(stack(*convolutions(), *head()), 16, "adam")


def test_of_a_frozen_network_only_the_largest_output_is_held():
    inner = stack(*convolutions())
    inner.trainable = False
    expected = 4 * (WEIGHTS + 4 * ANSWER + 2 * 16 * (8 * 8 * 4 + 8 * 8 * 4 + 5))

    assert _memory(stack(inner, *head(), name="outer"), 16, "adam") == expected
