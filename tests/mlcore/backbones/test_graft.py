"""A network's layers in a new place: same answers, other sizes, frozen parts that stay as they are."""

import numpy as np
import pytest

from mlcore.backbones import graft

SHAPE = (12, 16, 3)


def pictures(shape=SHAPE, count=3):
    return np.random.default_rng(0).uniform(0, 255, (count, *shape)).astype("float32")


@pytest.fixture(scope="module")
def network():
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    body = keras.Sequential([layers.Conv2D(4, 3, padding="same"), layers.BatchNormalization(), layers.Dropout(0.5)])
    inputs = keras.Input(SHAPE)
    x = layers.MaxPooling2D()(body(layers.Rescaling(1 / 255)(inputs)))
    x = layers.Conv2D(6, 3, name="deep")(x)
    return keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))


def test_the_last_map_is_that_of_the_last_filters(network):
    assert graft.last_map(network).name == "deep"


def test_a_network_without_filters_has_no_map():
    import keras

    assert graft.last_map(keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten()])) is None


def test_a_copy_answers_like_the_network_and_shares_no_weights(network):
    copy = graft.grafted(network, SHAPE)

    np.testing.assert_array_equal(copy(pictures()), network(pictures()))
    copy.get_layer("deep").kernel.assign(copy.get_layer("deep").kernel * 0)
    assert np.abs(network.get_layer("deep").kernel).max() > 0


def test_up_to_its_last_map_a_network_takes_other_sizes_and_whole_it_says_no():
    import keras

    convolution = keras.layers.Conv2D(2, 3)
    whole = keras.Sequential([keras.Input(SHAPE), convolution, keras.layers.Flatten(), keras.layers.Dense(2)])
    body = graft.cut(whole, convolution)

    assert graft.grafted(body, (24, 20, 3)).output_shape == (None, 22, 18, 2)
    with pytest.raises(ValueError, match="shape"):
        graft.grafted(whole, (24, 20, 3))


def test_layers_in_front_come_first(network):
    import keras

    copy = graft.grafted(network, SHAPE, [keras.layers.Rescaling(2.0)])

    np.testing.assert_allclose(copy(pictures()), network(2 * pictures()), rtol=1e-5)


def test_frozen_layers_do_in_training_what_they_do_afterwards(network):
    """Dropout and batch normalisation of a network inside the network, too."""
    copy, free = graft.grafted(network, SHAPE), graft.grafted(network, SHAPE)
    for layer in copy.layers:
        graft.freeze(layer)

    assert np.abs(np.asarray(free(pictures(), training=True)) - network(pictures(), training=False)).max() > 0
    np.testing.assert_array_equal(copy(pictures(), training=True), network(pictures(), training=False))


def test_whole_factors_are_averaged():
    import keras

    (shrink,) = graft.resized((12, 16), (6, 8))
    batch = pictures()

    expected = batch.reshape(3, 6, 2, 8, 2, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(shrink(batch)), expected, rtol=1e-5)


@pytest.mark.parametrize("wanted", [(12, 16), (24, 32), (5, 5), (6, 7), (1, 1)])
def test_any_size_becomes_any_other(wanted):
    shape = pictures()
    for layer in graft.resized((12, 16), wanted):
        shape = layer(shape)

    assert tuple(shape.shape[1:3]) == wanted
