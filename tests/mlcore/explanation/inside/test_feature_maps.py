"""What lies inside a network."""

import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.explanation.inside import feature_maps


def test_layers_are_listed_in_order_of_computation(classifiers):
    names = [layer.name for layer in feature_maps.layers(classifiers["square"])]

    assert names.index("first") < names.index("last")
    assert [layer for layer in feature_maps.layers(classifiers["square"]) if layer.name == "last"] == [
        feature_maps.Layer("last", 2, 2, 8, "Convolution 3 x 3, 8 filters, GELU")
    ]


def test_layers_within_a_network_are_told_in_words_too(classifiers):
    inner = [layer for layer in feature_maps.layers(classifiers["nested"]) if "/" in layer.name]

    assert inner
    assert all(layer.does for layer in inner)


def test_feature_maps_are_those_of_the_layer_the_most_active_first(classifiers, photo):
    classifier = classifiers["wide"]
    picture = photo(classifier)
    weights, bias = classifier.model.get_layer("first").get_weights()
    padded = np.pad(picture / 127.5 - 1, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    by_hand = np.maximum(np.einsum("hwcij,ijck->khw", windows, weights) + bias[:, None, None], 0)

    found = feature_maps.feature_maps(classifier, picture, "first", count=5)

    np.testing.assert_allclose(found.maps, by_hand[found.channels], rtol=1e-3, atol=1e-3)
    assert sorted(found.activity, reverse=True) == list(found.activity)
    assert len(found.maps) == 5
    assert found.activity[0] == pytest.approx(np.abs(by_hand).mean(axis=(1, 2)).max(), rel=1e-3)


def test_the_last_layer_is_shown_unless_one_is_named(classifiers, photo):
    classifier = classifiers["nested"]

    assert feature_maps.feature_maps(classifier, photo(classifier)).layer == "backbone/last"
    with pytest.raises(Refused) as refusal:
        feature_maps.feature_maps(classifier, photo(classifier), "nowhere")
    assert refusal.value.kind == Kind.UNKNOWN_NAME


def test_silent_maps_are_counted():
    maps = np.zeros((4, 2, 2), "float32")
    maps[1, 0, 0], maps[3] = 5, 1

    found = feature_maps.most_active("x", maps, 2)

    assert found.silent == 3
    assert list(found.channels) == [1, 3]


@pytest.mark.parametrize("name", ["square", "nested"])
def test_the_first_filters_are_the_first_kernel(classifiers, name):
    classifier = classifiers[name]
    kernel = next(each for each in classifier.model.get_weights() if each.ndim == 4)

    np.testing.assert_array_equal(feature_maps.first_filters(classifier), kernel.transpose(3, 0, 1, 2))


def test_a_network_without_convolution_has_no_filters():
    from types import SimpleNamespace

    import keras

    flat = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.Flatten(), keras.layers.Dense(2)])
    with pytest.raises(Refused, match="no convolution") as refusal:
        feature_maps.first_filters(SimpleNamespace(model=flat))
    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_pictures_of_filters_are_grey_where_the_filter_is_zero():
    filter = np.array([[[-2.0, 0, 2]], [[0, 0, 1]]], "float32")

    np.testing.assert_array_equal(feature_maps.as_picture(filter), [[[0, 128, 255]], [[128, 128, 191]]])
    assert (feature_maps.as_picture(np.zeros((2, 2, 3))) == 128).all()


def test_pictures_of_maps_span_black_to_white():
    found = feature_maps.map_as_picture(np.array([[-1.0, 0], [1, 3]]))

    np.testing.assert_array_equal(found[..., 0], [[0, 64], [128, 255]])
    assert not feature_maps.map_as_picture(np.full((2, 2), 7.0)).any()
