"""Guided backpropagation."""

import keras
import numpy as np
import pytest
from keras import layers

from mlcore.backend.gradients import Score
from mlcore.errors import Kind, Refused
from mlcore.explanation.methods.guided_backprop import GuidedBackpropSettings, guided_backprop

SETTINGS = GuidedBackpropSettings()
FIRST, SECOND, HEAD = (
    np.random.default_rng(seed).normal(size=size).astype("float32")
    for seed, size in [(0, (48, 6)), (1, (6, 5)), (2, (5, 3))]
)


def network(*rectifiers):
    """Two hidden layers, each with a rectifier in its layer, as a layer or as an operation."""
    inputs = keras.Input((4, 4, 3))
    x = layers.Flatten()(inputs)
    for units, rectifier in zip((6, 5), rectifiers, strict=True):
        inside = isinstance(rectifier, str)
        x = layers.Dense(units, activation=rectifier if inside else None, use_bias=False)(x)
        x = x if inside else rectifier(x)
    model = keras.Model(inputs, layers.Dense(3, use_bias=False)(x))
    model.set_weights([FIRST / 100, SECOND, HEAD])
    return model


def by_hand(picture, target):
    """The paper's rule for two layers of ReLU, written out."""
    first = picture.reshape(-1) @ FIRST / 100
    second = np.maximum(first, 0) @ SECOND
    slope = (second > 0) * np.maximum(HEAD[:, target], 0)
    slope = (first > 0) * np.maximum(SECOND @ slope, 0)
    return (FIRST / 100 @ slope).reshape(picture.shape)


@pytest.mark.parametrize(
    "rectifiers",
    [("relu", "relu"), (layers.ReLU(), layers.Activation("relu")), (keras.ops.relu, "relu")],
    ids=["inside layers", "layers", "operation"],
)
def test_it_follows_the_rule_of_the_paper(rectifiers):
    picture = np.random.default_rng(3).uniform(0, 255, (4, 4, 3)).astype("float32")
    score = Score(network(*rectifiers))

    for target in range(3):
        found = guided_backprop(SETTINGS, score, picture, target)

        np.testing.assert_allclose(found.values, by_hand(picture, target), atol=1e-6)
        np.testing.assert_array_equal(found.heat, abs(found.values).max(axis=-1))
        assert found.diagnostics == {"guided": "2 relu"}
        assert not np.allclose(found.values, score.gradient(picture[None], target)[0], atol=1e-3)


def test_a_relative_of_relu_follows_it_with_its_own_slope():
    picture = np.random.default_rng(3).uniform(0, 255, (4, 4, 3)).astype("float32")

    found = guided_backprop(SETTINGS, Score(network("leaky_relu", "elu")), picture, target=1)

    first = picture.reshape(-1) @ FIRST / 100
    second = np.where(first > 0, first, 0.2 * first) @ SECOND
    slope = (first > 0) * np.maximum(
        SECOND @ ((second > 0) * np.maximum(HEAD[:, 1], 0)), 0
    )  # both have slope 1 above 0
    np.testing.assert_allclose(found.values, (FIRST / 100 @ slope).reshape(4, 4, 3), atol=1e-6)
    assert found.diagnostics == {"guided": "1 elu, 1 leaky_relu"}


def test_where_everything_speaks_for_the_class_it_is_the_gradient():
    model = network("relu", "gelu")
    model.set_weights([abs(each) for each in model.get_weights()])
    score, picture = Score(model), np.full((4, 4, 3), 200, "float32")

    found = guided_backprop(SETTINGS, score, picture, target=0)

    np.testing.assert_allclose(found.values, score.gradient(picture[None], 0)[0], rtol=1e-4)


def test_networks_within_networks_are_guided_and_left_as_they_were(classifiers, photo):
    flat, nested = (Score(classifiers[name].model) for name in ("square", "nested"))
    seen = photo(classifiers["square"]).astype("float32")
    before = flat.gradient(seen[None], 1)

    ours, deep = (guided_backprop(SETTINGS, score, seen, target=1) for score in (flat, nested))

    np.testing.assert_allclose(ours.values, deep.values, atol=1e-7)
    assert ours.diagnostics == deep.diagnostics == {"guided": "1 gelu, 1 relu"}
    np.testing.assert_array_equal(Score(classifiers["square"].model).gradient(seen[None], 1), before)


def test_a_network_without_rectifiers_is_refused():
    with pytest.raises(Refused, match="no ReLU") as refusal:
        guided_backprop(SETTINGS, Score(network("tanh", "sigmoid")), np.zeros((4, 4, 3), "float32"), 0)

    assert refusal.value.kind == Kind.NOT_COMPATIBLE
