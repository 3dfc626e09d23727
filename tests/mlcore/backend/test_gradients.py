"""Scores and their gradients, for whichever backend the tests run on."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from mlcore.backend.gradients import OFTEN, Score, score_of
from mlcore.errors import Kind, Refused

PICTURES = np.random.default_rng(0).uniform(0, 255, (5, 8, 8, 3)).astype("float32")


def convolutional(*end):
    """A small network with a feature map and a smooth, curved score."""
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Rescaling(1 / 127.5, offset=-1),
            layers.Conv2D(6, 3, activation="tanh", name="conv"),
            layers.GlobalAveragePooling2D(name="pooled"),
            *(end or (layers.Dense(4, name="head"),)),
        ]
    )


@pytest.fixture(scope="module")
def model():
    return convolutional()


@pytest.fixture(scope="module")
def score(model):
    return Score(model)


def test_the_gradient_of_a_linear_score_is_its_weight():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4, 5, 3)), layers.Flatten(), layers.Dense(3)])
    score = Score(model)

    gradient = score.gradient(PICTURES[:2, :4, :5], target=1)

    kernel = ops.convert_to_numpy(model.layers[-1].kernel)[:, 1].reshape(4, 5, 3)
    np.testing.assert_allclose(gradient, np.stack([kernel, kernel]), rtol=1e-6)
    assert score.shape == (4, 5, 3)


def test_values_are_the_logits_of_the_target(model, score):
    answers = ops.convert_to_numpy(model(PICTURES))

    for target in range(4):
        np.testing.assert_allclose(score.values(PICTURES, target), answers[:, target], atol=1e-6)


def test_the_gradient_agrees_with_finite_differences(score):
    rng, step = np.random.default_rng(1), 2.0
    gradient = score.gradient(PICTURES, target=2)

    for _ in range(5):
        direction = rng.normal(size=PICTURES.shape).astype("float32")
        ahead, behind = (score.values(PICTURES + sign * step * direction, 2) for sign in (1, -1))
        slope = (gradient * direction).sum(axis=(1, 2, 3))
        np.testing.assert_allclose(slope, (ahead - behind) / (2 * step), rtol=0.02, atol=2e-5)


def test_each_picture_has_its_own_gradient(score):
    together = score.gradient(PICTURES, target=0)

    alone = np.concatenate([score.gradient(picture[None], target=0) for picture in PICTURES])
    np.testing.assert_allclose(together, alone, atol=1e-7)


def test_chunks_do_not_show(model):
    small = Score(model)
    small._chunk = 2
    whole = Score(model)

    np.testing.assert_allclose(small.gradient(PICTURES, 1), whole.gradient(PICTURES, 1), atol=1e-7)
    for part, all_at_once in zip(small.feature_gradient(PICTURES, 1), whole.feature_gradient(PICTURES, 1), strict=True):
        np.testing.assert_allclose(part, all_at_once, atol=1e-6)


def test_larger_pictures_come_in_smaller_chunks():
    def chunk(side):
        pooled = [layers.GlobalAveragePooling2D(), layers.Dense(2)]
        return Score(keras.Sequential([keras.Input((side, side, 3)), *pooled]))._chunk

    assert (chunk(8), chunk(64), chunk(128), chunk(256)) == (128, 128, 32, 8)


@pytest.mark.parametrize("softmax", ["in the last layer", "a layer of its own"])
def test_the_score_is_the_logit_where_the_network_ends_in_a_softmax(softmax):
    inside = softmax == "in the last layer"
    ends = [layers.Dense(4, activation="softmax", name="head")] if inside else [layers.Dense(4, name="head")]
    model = convolutional(*ends, *([] if inside else [layers.Softmax()]))
    head = model.get_layer("head")
    score = Score(model)

    pooled = score.features(PICTURES).mean(axis=(1, 2))
    expected = pooled @ ops.convert_to_numpy(head.kernel) + ops.convert_to_numpy(head.bias)
    np.testing.assert_allclose(score.logits(PICTURES), expected, rtol=1e-4, atol=1e-5)
    kernel = ops.convert_to_numpy(head.kernel)[:, 2]
    np.testing.assert_allclose(score.feature_gradient(PICTURES, 2)[1][0, 0, 0], kernel / 36, rtol=1e-4)


class Hidden(keras.layers.Layer):
    """A softmax whose form doesn't tell."""

    def call(self, values):
        return ops.softmax(values)


def test_probabilities_in_disguise_are_refused():
    with pytest.raises(Refused) as refusal:
        Score(convolutional(layers.Dense(4), Hidden()))

    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_features_and_their_gradient_behind_an_average(model, score):
    features, slope = score.feature_gradient(PICTURES, target=3)

    kernel = ops.convert_to_numpy(model.get_layer("head").kernel)[:, 3]
    np.testing.assert_allclose(slope, np.broadcast_to(kernel / 36, slope.shape), rtol=1e-5)
    np.testing.assert_array_equal(features, score.features(PICTURES))
    judge = keras.Model(model.inputs[0], model.get_layer("conv").output)
    np.testing.assert_allclose(features, judge(PICTURES), atol=1e-6)


def test_an_inner_network_gives_what_the_flat_one_gives(model):
    inner = keras.Sequential([keras.Input((8, 8, 3)), *model.layers[:2]], name="backbone")
    inputs = keras.Input((8, 8, 3))
    nested = keras.Model(inputs, model.get_layer("head")(model.get_layer("pooled")(inner(inputs))))

    flat, deep = Score(model), Score(nested)

    assert (flat.feature_layer(), deep.feature_layer()) == ("conv", "backbone/conv")
    assert [each.name for each in deep.layers] == ["backbone/conv"]
    for name in ("backbone/conv", "conv", "backbone"):
        for ours, theirs in zip(
            deep.feature_gradient(PICTURES, 1, name), flat.feature_gradient(PICTURES, 1), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, atol=1e-6)
    np.testing.assert_allclose(deep.gradient(PICTURES, 1), flat.gradient(PICTURES, 1), atol=1e-7)


def test_later_weights_are_seen():
    model = convolutional()
    score = Score(model)
    before = score.gradient(PICTURES, 0)

    model.set_weights([2 * each for each in model.get_weights()[:-2]] + model.get_weights()[-2:])

    assert abs(score.gradient(PICTURES, 0) - before).max() > 0.1 * abs(before).max()
    np.testing.assert_allclose(score.logits(PICTURES), model(PICTURES), atol=1e-5)


def test_a_network_is_compiled_once(model):
    assert score_of(model) is score_of(model)
    assert score_of(model) is not score_of(convolutional())


def test_probabilities_on_request_and_their_gradient(model, score):
    likely = Score(model, temperature=2.0)

    expected = ops.convert_to_numpy(ops.softmax(score.logits(PICTURES) / 2))
    np.testing.assert_allclose(likely.values(PICTURES, 1), expected[:, 1], rtol=1e-5)
    np.testing.assert_allclose(likely.logits(PICTURES), score.logits(PICTURES), atol=1e-6)
    slopes = np.stack([score.gradient(PICTURES, each) for each in range(4)])
    mean = np.einsum("nk,knhwc->nhwc", expected, slopes)  # d softmax_1 = p_1 (dz_1 - sum p dz) / T
    by_hand = expected[:, 1, None, None, None] * (slopes[1] - mean) / 2
    np.testing.assert_allclose(likely.gradient(PICTURES, 1), by_hand, atol=1e-8)


def test_a_background_is_known_to_the_one_who_asked_for_it(score):
    other = score.with_background(PICTURES, "5 pictures")

    assert (other.background_origin, score.background) == ("5 pictures", None)
    np.testing.assert_array_equal(other.gradient(PICTURES, 1), score.gradient(PICTURES, 1))


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="JAX compiles the whole")
def test_what_is_asked_often_of_many_pictures_is_hurried_and_stays_the_same():
    inputs = keras.Input((8, 8, 3))
    x = layers.Activation("gelu")(layers.Conv2D(6, 3)(layers.Rescaling(1 / 127.5, offset=-1)(inputs)))
    score = Score(keras.Model(inputs, layers.Dense(4)(layers.Flatten()(x))))
    few, many = PICTURES, np.tile(PICTURES, (8, 1, 1, 1))
    first = score.gradient(few, 1)
    for _ in range(OFTEN // len(many) + 1):
        again, later = score.gradient(few, 1), score.gradient(many, 1)
        features = score.features(few)

    hurried = [name for backend, (name, *_) in score._compiled if backend is score._hurried]
    assert hurried == ["gradient"]
    np.testing.assert_array_equal(again, first)
    np.testing.assert_allclose(later, np.tile(first, (8, 1, 1, 1)), atol=1e-6 * np.abs(first).max())
    assert features.min() > -0.2  # GELU's least value is -0.17: a map behind it can still be asked for
