"""The memory that training takes, reckoned by hand: weights, gradients, moments, and every layer's output."""

import time

import keras
import pytest

from mlcore import teach, training
from mlcore.teach import features
from mlcore.training import cost
from mlcore.training.cost import ENGINE_SECONDS, WRITING_SECONDS, _measured_pictures, _memory
from mlcore.training.loop import EPOCH_SECONDS


def stack(*layers, name="inner"):
    return keras.Sequential([keras.Input((8, 8, 3)), *layers], name=name)


def convolutions():
    return [keras.layers.Conv2D(4, 3, padding="same"), keras.layers.ReLU()]


def head():
    return [keras.layers.Flatten(), keras.layers.Dense(5)]


WEIGHTS, ANSWER = 28 * 4, (8 * 8 * 4 + 1) * 5
LARGEST = 8 * 8 * 4
OUTPUTS = 3 * LARGEST + 5 + 2 * LARGEST  # convolution, activation, flattened, answer; two gradients of the largest


@pytest.mark.parametrize(("optimizer", "moments"), [("gradient-descent", 0), ("nesterov", 1), ("adam", 2)])
def test_weights_gradients_moments_and_outputs_are_counted(optimizer, moments):
    expected = 4 * ((2 + moments) * (WEIGHTS + ANSWER) + 16 * OUTPUTS)

    assert _memory(stack(*convolutions(), *head()), 16, optimizer) == expected


def test_a_network_within_a_network_counts_like_its_layers():
    nested = stack(stack(*convolutions()), *head(), name="outer")

    assert _memory(nested, 16, "adam") == _memory(stack(*convolutions(), *head()), 16, "adam")


def test_of_a_frozen_network_only_the_largest_output_is_held():
    inner = stack(*convolutions())
    inner.trainable = False
    expected = 4 * (WEIGHTS + 4 * ANSWER + 16 * (OUTPUTS - LARGEST))

    assert _memory(stack(inner, *head(), name="outer"), 16, "adam") == expected


@pytest.mark.parametrize("layer", [keras.layers.Activation("gelu"), keras.layers.LayerNormalization()])
def test_what_is_worked_out_in_steps_keeps_them_all(layer):
    more = _memory(stack(layer, *head()), 100, "adam") - _memory(stack(keras.layers.ReLU(), *head()), 100, "adam")
    weights = 4 * 4 * layer.count_params()

    assert more - weights == 4 * 100 * (3 + 2 * 3) * 8 * 8 * 3  # three more copies, of what is now the largest


def test_half_the_side_is_reckoned_with_a_quarter_of_the_pixels(tiny_data):
    """A perceptron on 16 x 16 pixels has 16 * 16 * 3 weights for each unit of its first layer, and on half the side a
    quarter of these."""
    recipe = training.draft("shapes", "mlp", None, ["settings.hidden=[10]"])
    whole, half = training.estimate(recipe), training.estimate(recipe, shrink=2)

    assert whole.parameters - half.parameters == (16 * 16 - 8 * 8) * 3 * 10
    assert half.seconds > 0


def test_an_epoch_costs_more_than_its_steps(tiny_data, monkeypatch):
    """Starting and ending 1,000 epochs was left out: a quick network was told .8 s and took 2.8."""
    monkeypatch.setattr(cost, "_seconds_per_step", lambda *given: 0.0)
    recipe = training.draft("shapes", "mlp", None, ["settings.hidden=[10]", "training.epochs=1000"])

    assert training.estimate(recipe).seconds == pytest.approx(1000 * EPOCH_SECONDS)


def test_the_time_to_teach_is_that_of_looking_at_every_picture(tiny_data, monkeypatch):
    """Looking takes 0.1 s for eight pictures here; 60 of them take at least 0.75 s, and learning is told as 1 s."""
    monkeypatch.setattr(features, "opened", lambda backbone, shape: lambda pictures: time.sleep(0.1))

    assert teach.seconds("shapes") >= 60 / 8 * 0.1 + 1


def test_the_time_in_all_is_loading_training_and_measuring(tiny_data):
    cost = training.estimate(training.draft("shapes", "mlp", None, ["training.minutes=0.1"]))

    assert cost.whole_seconds == cost.loading_seconds + cost.seconds + cost.measuring_seconds
    assert cost.seconds <= 6
    assert (cost.loading_seconds > ENGINE_SECONDS, cost.measuring_seconds > WRITING_SECONDS) == (True, True)


def test_as_many_pictures_are_reckoned_with_as_are_answered_after_training():
    assert _measured_pictures({"train": 8000, "val": 500, "test": 2000}) == 500 + 2000 + 1000 + 500 + 1000
