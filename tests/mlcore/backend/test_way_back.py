"""The short way back leads to the slopes of the long one, and leaves the network as it was."""

import contextlib

import keras
import numpy as np
import pytest
from keras import layers

from mlcore import architectures
from mlcore.backend.way_back import short_way_back

SHAPE = (16, 16, 3)
on_tensorflow = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="changes nothing elsewhere")


def slopes(model, pictures, labels, short: bool):
    """What one step of size 1 takes off the weights."""
    before = model.get_weights()
    model.compile(keras.optimizers.SGD(1.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    with short_way_back(model) if short else contextlib.nullcontext():
        model.train_on_batch(pictures, labels)
    after = model.get_weights()
    model.set_weights(before)
    return [one - other for one, other in zip(before, after, strict=True)]


def ending(inputs, x):
    return keras.Model(inputs, layers.Dense(4)(layers.Flatten()(x)))


def strided_then_overlapping():
    x = layers.Conv2D(6, 3, strides=2, activation="relu")(inputs := keras.Input(SHAPE))
    return ending(inputs, layers.MaxPooling2D(3, strides=1, padding="same")(x))


def without_a_rectifier():
    x = layers.Conv2D(6, 3, padding="same", activation="gelu")(inputs := keras.Input(SHAPE))
    x = layers.Conv2D(5, (1, 3))(layers.MaxPooling2D()(x))
    return ending(inputs, layers.MaxPooling2D()(x))


def read_twice():
    x = layers.Conv2D(6, 3, padding="same", activation="relu")(inputs := keras.Input(SHAPE))
    return ending(inputs, layers.Add()([layers.MaxPooling2D()(x), layers.AveragePooling2D(2)(x)]))


def called_twice():
    twice = layers.Conv2D(3, 3, padding="same", activation="relu")
    x = layers.MaxPooling2D()(twice(inputs := keras.Input(SHAPE)))
    return ending(inputs, layers.MaxPooling2D()(twice(x)))


def pooling_called_twice():
    pool = layers.MaxPooling2D()
    x = pool(layers.Conv2D(4, 3, padding="same", activation="relu")(inputs := keras.Input(SHAPE)))
    return ending(inputs, pool(layers.Conv2D(4, 3, padding="same")(x)))


def in_other_forms():
    x = layers.Conv2D(6, 3, dilation_rate=2, activation="relu")(inputs := keras.Input(SHAPE))
    x = layers.Conv2D(6, 3, groups=3, activation="relu")(layers.MaxPooling2D()(x))
    return ending(inputs, x)


MADE = [strided_then_overlapping, without_a_rectifier, read_twice, called_twice, pooling_called_twice, in_other_forms]


@pytest.mark.parametrize("made", [*MADE, "cnn", "cnn-cifar", "resnet", "convnext", "mlp"])
def test_the_slopes_are_those_of_the_long_way(made):
    """Sums of at most 8 x 256 places in float32 in another order: 1e-5 of the largest slope."""
    random = np.random.default_rng(0)
    pictures, labels = random.normal(size=(8, *SHAPE)).astype("float32"), np.arange(8) % 4
    keras.utils.set_random_seed(0)
    model = made() if callable(made) else architectures.build(made, {}, SHAPE, 4)
    expected = slopes(model, pictures, labels, short=False)
    found = slopes(model, pictures, labels, short=True)

    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5 * max(1, np.abs(other).max()))
    assert max(np.abs(each).max() for each in expected) > 1e-3


def test_a_bias_counts_the_windows_whose_largest_value_is_above_zero():
    """A filter of weight 1 over 1, 2, -3, -4, 5, -6: windows of two keep 2, 0, 5, and the slope of their sum is 2."""
    inputs = keras.Input((1, 6, 1))
    x = layers.Conv2D(1, 1, activation="relu", kernel_initializer="ones")(inputs)
    model = keras.Model(inputs, layers.Flatten()(layers.MaxPooling2D((1, 2))(x)))
    model.compile(keras.optimizers.SGD(1.0), lambda truth, found: keras.ops.sum(found))
    with short_way_back(model):
        model.train_on_batch(np.array([1, 2, -3, -4, 5, -6], "float32").reshape(1, 1, 6, 1), np.zeros((1, 3)))
    kernel, bias = (each.item() for each in model.get_weights())

    assert bias == -2
    assert kernel == 1 - (2 + 5)


@on_tensorflow
def test_layers_answer_by_themselves_again_even_after_a_fault():
    model = architectures.build("cnn-cifar", {}, SHAPE, 4)

    def own_calls():
        return {layer.name for layer in model.layers if "call" in vars(layer)}

    with contextlib.suppress(ZeroDivisionError), short_way_back(model):
        meanwhile = own_calls()
        raise ZeroDivisionError
    assert len(meanwhile) == 5  # three convolutions, two poolings
    assert not own_calls()


@on_tensorflow
def test_what_several_devices_share_stays():
    model = architectures.build("cnn", {}, SHAPE, 4)
    with short_way_back(model, shared=True):
        assert not any("call" in vars(layer) for layer in model.layers)
