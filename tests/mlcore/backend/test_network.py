"""A Keras network seen layer by layer."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from mlcore.backend.network import Network
from mlcore.errors import Kind, Refused

PICTURES = np.random.default_rng(0).uniform(0, 255, (3, 8, 8, 3)).astype("float32")


@pytest.fixture(autouse=True)
def _same_weights():
    keras.utils.set_random_seed(0)


def small(*end, channels=4):
    """A small network that ends in the layers given."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Rescaling(1 / 255, name="scaled"),
            layers.Conv2D(channels, 3, name="conv"),
            layers.GlobalAveragePooling2D(name="pooled"),
            *end,
        ]
    )


def noted(model) -> Network:
    network = Network(model)
    network.logits(ops.convert_to_tensor(PICTURES))
    return network


def logits(model) -> np.ndarray:
    return ops.convert_to_numpy(Network(model).logits(ops.convert_to_tensor(PICTURES)))


def functional_with_operation():
    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, ops.softmax(small(layers.Dense(5))(inputs)))


SOFTMAX_ENDS = {
    "activation of the last layer": lambda: small(layers.Dense(5, activation="softmax")),
    "without bias": lambda: small(layers.Dense(5, activation="softmax", use_bias=False)),
    "layer": lambda: small(layers.Dense(5), layers.Softmax()),
    "activation layer": lambda: small(layers.Dense(5), layers.Activation("softmax")),
    "operation": functional_with_operation,
    "inside a network": lambda: keras.Sequential([keras.Input((8, 8, 3)), small(layers.Dense(5), layers.Softmax())]),
}


@pytest.mark.parametrize("make", SOFTMAX_ENDS.values(), ids=SOFTMAX_ENDS)
def test_a_softmax_is_taken_off(make):
    model = make()
    found = logits(model)

    assert not np.allclose(found.sum(axis=1), 1, atol=1e-3)
    np.testing.assert_allclose(ops.softmax(found), model(PICTURES), atol=1e-6)


@pytest.mark.parametrize(
    "end", [(), (layers.Activation("linear"),), (layers.Rescaling(0.125),)], ids=["dense", "linear", "scaled"]
)
def test_logits_are_left_as_they_are(end):
    model = small(layers.Dense(5), *end)

    np.testing.assert_allclose(logits(model), model(PICTURES), atol=1e-6)


@pytest.mark.parametrize(
    "model",
    [
        lambda: small(layers.Dense(5, activation="sigmoid")),
        lambda: small(layers.Dense(5), layers.Activation("relu")),
        lambda: small(layers.Dense(5), layers.Reshape((5, 1))),
        lambda: keras.Sequential([layers.Dense(5)]),
        lambda: type("Own", (keras.Model,), {"call": lambda self, x: x})(),
    ],
    ids=["sigmoid", "relu", "not (N, K)", "not built", "written by hand"],
)
def test_a_network_without_logits_is_refused(model):
    with pytest.raises(Refused) as refusal:
        Network(model())

    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_nothing_random_happens():
    inputs = keras.Input((8, 8, 3))
    x = layers.RandomFlip()(inputs)  # active unless told otherwise
    x = layers.GaussianNoise(0.9)(small(layers.Dropout(0.5), layers.Dense(5))(x))
    model = keras.Model(inputs, x)

    np.testing.assert_array_equal(logits(model), logits(model))
    np.testing.assert_allclose(logits(model), model(PICTURES, training=False), atol=1e-6)


def test_batch_normalisation_uses_what_training_saw():
    model = small(layers.BatchNormalization(), layers.Dense(5))
    model(PICTURES, training=True)

    np.testing.assert_allclose(logits(model), model(PICTURES, training=False), atol=1e-6)


def test_branches_and_skips_are_followed():
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", name="a")(inputs)
    x = layers.Add(name="sum")([x, layers.Conv2D(4, 3, padding="same", name="b")(x)])
    x = layers.concatenate([layers.GlobalMaxPooling2D()(x), layers.Flatten()(x)])
    model = keras.Model(inputs, layers.Dense(5)(x))
    network = noted(model)

    assert [name for name in network.maps if network.maps[name].usable] == ["a", "b", "sum"]
    np.testing.assert_allclose(logits(model), model(PICTURES), rtol=1e-5, atol=1e-4)


def test_the_default_layer_is_the_last_feature_map_even_inside_a_network():
    backbone = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(4, 3, name="inner"), layers.ReLU(name="last")], name="backbone"
    )
    network = noted(keras.Sequential([backbone, layers.GlobalAveragePooling2D(), layers.Dense(5)]))

    assert network.feature_layer() == "backbone/last"
    assert network.feature_layer("inner") == "backbone/inner"
    assert network.feature_layer("backbone/inner") == "backbone/inner"
    assert network.feature_layer("backbone") == "backbone"
    assert network.maps["backbone/last"].shape == (6, 6, 4)


def test_a_map_of_one_place_is_not_the_default():
    model = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(4, 3, name="conv"), layers.AveragePooling2D(6), layers.Flatten()]
    )

    assert noted(model).feature_layer() == "conv"


def applications_like():
    """A backbone as transfer learning makes them: functional, with skips, ReLU6, depthwise layers; then a head."""
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(layers.Rescaling(1 / 127.5, offset=-1)(inputs))
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    y = layers.DepthwiseConv2D(3, padding="same")(layers.ZeroPadding2D(1)(x))
    x = layers.Add(name="joined")([x, layers.Cropping2D(1)(y)])
    x = ops.relu6(layers.SeparableConv2D(5, 3, strides=2)(x) * 2.0)
    backbone = keras.Model(inputs, layers.Conv2D(6, 1, name="top")(x), name="backbone")
    outer = keras.Input((8, 8, 3))
    x = backbone(layers.RandomFlip()(outer), training=False)
    return keras.Model(outer, layers.Dense(5)(layers.Dropout(0.3)(layers.GlobalAveragePooling2D()(x))))


def test_a_backbone_like_those_of_keras_applications_is_opened():
    model = applications_like()
    network = noted(model)

    assert network.feature_layer() == "backbone/top"
    assert network.feature_layer("joined") == "backbone/joined"
    assert dict(network.rectifiers) == {"relu": 1, "relu6": 1}
    np.testing.assert_allclose(logits(model), model(PICTURES, training=False), rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["MobileNetV2", "EfficientNetB0"])
def test_backbones_of_keras_applications_are_opened(name):
    backbone = getattr(keras.applications, name)(include_top=False, weights=None, input_shape=(32, 32, 3))
    model = keras.Sequential([keras.Input((32, 32, 3)), backbone, layers.GlobalAveragePooling2D(), layers.Dense(5)])
    pictures = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype("float32")
    network = Network(model)

    found = ops.convert_to_numpy(network.logits(ops.convert_to_tensor(pictures)))

    np.testing.assert_allclose(found, model(pictures), rtol=1e-3, atol=1e-4)
    assert len(network.maps) > 100
    assert sum(network.rectifiers.values()) > 30


def test_an_unknown_layer_is_refused_with_the_names_there_are():
    with pytest.raises(Refused, match=r"'con'.*Did you mean 'conv'.*Known: conv") as refusal:
        noted(small(layers.Dense(5))).feature_layer("con")

    assert refusal.value.kind == Kind.UNKNOWN_NAME


def test_the_scaled_picture_is_no_feature_map():
    network = noted(keras.Sequential([keras.Input((8, 8, 3)), layers.Rescaling(1 / 255), layers.Flatten()]))

    with pytest.raises(Refused) as refusal:
        network.feature_layer()

    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_the_network_is_left_as_it_was():
    model = small(layers.Dense(5))
    before = keras.saving.serialize_keras_object(model), [each.path for each in model.variables]

    logits(model)

    assert (keras.saving.serialize_keras_object(model), [each.path for each in model.variables]) == before
    assert model.get_layer("conv").output.shape == (None, 6, 6, 4)  # would raise, had it been called symbolically
