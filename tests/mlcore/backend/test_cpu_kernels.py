"""Quick layers answer and learn as those of Keras do, and leave the network as it was."""

import contextlib

import keras
import numpy as np
import pytest
from keras import layers

from mlcore import architectures
from mlcore.backend.cpu_kernels import gelu, use_cpu_kernels

SHAPE = (16, 16, 3)
on_tensorflow = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="changes nothing elsewhere")


def slopes(model, pictures, labels, hurried: bool):
    """What one step of size 1 takes off the weights, and how far running averages move."""
    before = model.get_weights()
    model.compile(keras.optimizers.SGD(1.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    with use_cpu_kernels(model) if hurried else contextlib.nullcontext():
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
    x = layers.Conv2D(5, (1, 3), activation="tanh")(layers.MaxPooling2D()(x))
    return ending(inputs, layers.MaxPooling2D()(layers.Conv2D(5, 1)(x)))


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
    return ending(inputs, layers.Activation(keras.activations.silu)(x))


def within():
    """A network with two outputs inside another: its convolution is pooled and read from outside, too."""
    whole = layers.Conv2D(4, 3, padding="same", activation="relu")(seen := keras.Input(SHAPE))
    inner = keras.Model(seen, [whole, layers.BatchNormalization()(layers.MaxPooling2D()(whole))])
    whole, pooled = inner(inputs := keras.Input(SHAPE))
    return ending(inputs, layers.Add()([layers.AveragePooling2D(2)(whole), pooled]))


def normalised():
    x = layers.Conv2D(6, 3, use_bias=False)(inputs := keras.Input(SHAPE))
    x = layers.Activation("gelu")(layers.BatchNormalization(momentum=0.7, epsilon=0.01, center=False)(x))
    x = layers.Activation("gelu")(layers.BatchNormalization(scale=False)(layers.Conv2D(5, 3)(x)))
    return ending(inputs, layers.BatchNormalization(axis=1)(x))


def normalised_and_frozen():
    x = layers.Conv2D(6, 3)(inputs := keras.Input(SHAPE))
    frozen = layers.BatchNormalization(moving_mean_initializer="ones")
    frozen.trainable = False
    return ending(inputs, layers.BatchNormalization()(layers.Dense(4)(layers.Flatten()(frozen(x)))[:, None, None]))


MADE = [strided_then_overlapping, without_a_rectifier, read_twice, called_twice, pooling_called_twice, in_other_forms]
MADE += [within, normalised, normalised_and_frozen]
SHELF = ["cnn", "cnn-cifar", "convnext", "densenet", "fast-cnn", "layers", "mlp", "resnet", "resnet9", "vgg"]


@pytest.mark.parametrize("made", [*MADE, *SHELF])
def test_a_step_is_that_of_keras(made):
    """Sums of at most 8 x 256 places in float32 in another order: 1e-5 of the largest slope.

    Where a rectifier stands within rounding of 0 a slope is there or not (seed 0 has such a place in a DenseNet; of
    seeds 10 to 14 the first has).
    """
    random = np.random.default_rng(11)
    pictures, labels = random.integers(0, 256, (8, *SHAPE)).astype("float32"), np.arange(8) % 4
    keras.utils.set_random_seed(0)
    model = made() if callable(made) else architectures.build(made, {}, SHAPE, 4)
    pictures = pictures / 255 if callable(made) else pictures  # those of the shelf take it upon themselves
    expected = slopes(model, pictures, labels, hurried=False)
    found = slopes(model, pictures, labels, hurried=True)

    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5 * max(1, np.abs(other).max()))
    assert max(np.abs(each).max() for each in expected) > 1e-3


def test_without_xla_a_step_is_that_of_keras_too(monkeypatch):
    monkeypatch.setattr(gelu, "_gelu", lambda: None)
    test_a_step_is_that_of_keras(without_a_rectifier)
    test_a_step_is_that_of_keras(normalised)


def test_a_bias_counts_the_windows_whose_largest_value_is_above_zero():
    """A filter of weight 1 over 1, 2, -3, -4, 5, -6: windows of two keep 2, 0, 5, and the slope of their sum is 2."""
    inputs = keras.Input((1, 6, 1))
    x = layers.Conv2D(1, 1, activation="relu", kernel_initializer="ones")(inputs)
    model = keras.Model(inputs, layers.Flatten()(layers.MaxPooling2D((1, 2))(x)))
    model.compile(keras.optimizers.SGD(1.0), lambda truth, found: keras.ops.sum(found))
    with use_cpu_kernels(model):
        model.train_on_batch(np.array([1, 2, -3, -4, 5, -6], "float32").reshape(1, 1, 6, 1), np.zeros((1, 3)))
    kernel, bias = (each.item() for each in model.get_weights())

    assert bias == -2
    assert kernel == 1 - (2 + 5)


def test_a_running_variance_is_that_of_the_batch():
    """Four places 0, 0, 4, 4: the batch has mean 2 and variance 4 (the estimate for all there are would be 16 / 3)."""
    layer = layers.BatchNormalization(momentum=0.5)
    model = keras.Model(inputs := keras.Input((1, 2, 1)), layers.Flatten()(layer(inputs)))
    model.compile(keras.optimizers.SGD(0.0), "mse")
    with use_cpu_kernels(model):
        model.train_on_batch(np.array([0, 0, 4, 4], "float32").reshape(2, 1, 2, 1), np.zeros((2, 2)))

    np.testing.assert_allclose(layer.moving_mean, [0.5 * 0 + 0.5 * 2])
    np.testing.assert_allclose(layer.moving_variance, [0.5 * 1 + 0.5 * 4])


@on_tensorflow
def test_layers_answer_by_themselves_again_even_after_a_fault():
    model = architectures.build("cnn-cifar", {}, SHAPE, 4)

    def own_calls():
        return {layer.name for layer in model.layers if "call" in vars(layer)}

    with contextlib.suppress(ZeroDivisionError), use_cpu_kernels(model):
        meanwhile = own_calls()
        raise ZeroDivisionError
    assert len(meanwhile) == 5  # three convolutions, two poolings
    assert not own_calls()


@on_tensorflow
def test_what_several_devices_share_stays():
    model = architectures.build("cnn", {}, SHAPE, 4)
    with use_cpu_kernels(model, shared=True):
        assert not any("call" in vars(layer) for layer in model.layers)
