"""Slopes of an averaging head in closed form, and who has one."""

from types import SimpleNamespace

import numpy as np
import pytest

from mlcore import library
from mlcore.explanation import explain, methods
from mlcore.explanation.score import score_for
from mlcore.explanation.toolkit.pooled_head import PooledScore, pooled_score
from tests import sample_photographs as samples

RNG = np.random.default_rng(0)
KERNEL, BIAS = RNG.normal(size=(3, 4)).astype("float32"), np.array([1.0, -2.0, 0.5, 3.0], "float32")


class Network:
    """Its feature map is the picture in quarters; its logits are a pooling of the map times a matrix, plus a bias."""

    card = SimpleNamespace(shape=(8, 8, 3))
    head = KERNEL

    def __init__(self, pool):
        self.pool = pool

    def small_features(self, batch):
        return np.asarray(batch, "float32").reshape(-1, 2, 4, 2, 4, 3).mean(axis=(2, 4)) / 255

    def of_features(self, features):
        return self.pool(features, axis=(1, 2)) @ KERNEL + BIAS

    def logits(self, batch):
        return self.of_features(self.small_features(batch))


PICTURE = RNG.integers(0, 256, (8, 8, 3), dtype="uint8")


def test_slopes_are_those_of_finite_differences():
    network = Network(np.mean)
    features, slopes = pooled_score(network).feature_gradient(PICTURE[None], 2)

    for place in np.ndindex(features.shape):
        moved = features.copy()
        moved[place] += 1
        rise = network.of_features(moved)[0, 2] - network.of_features(features)[0, 2]
        assert slopes[place] == pytest.approx(rise, abs=1e-5)


@pytest.mark.parametrize("pool", [np.max, np.median])
def test_another_pooling_is_told_apart(pool):
    assert pooled_score(Network(pool)) is None


def test_a_model_without_a_head_or_of_clips_has_none():
    headless = Network(np.mean)
    headless.head = None

    assert pooled_score(headless) is None
    of_clips = Network(np.mean)
    of_clips.card = SimpleNamespace(shape=(2, 8, 8, 3))
    assert pooled_score(of_clips) is None


def test_a_map_of_a_single_place_tells_nothing_apart():
    network = Network(np.mean)
    network.small_features = lambda batch: np.asarray(batch, "float32").mean(axis=(1, 2), keepdims=True)

    assert pooled_score(network) is None


@pytest.mark.parametrize("method", ["grad-cam", "grad-cam++", "layer-cam"])
def test_photographs_get_the_map_that_keras_would_give(photographs, method):
    classifier = library.open_classifier(photographs)
    quick = explain(method, classifier, samples.pixels("chelsea"), "tabby cat")
    assert quick.diagnostics["layer"] == "last map"
    assert "model" not in classifier._parts, "Keras was loaded"

    entry, pixels = methods.get(method), quick.picture.astype("float32")
    by_keras = entry.run(entry.settings(), score_for(classifier), pixels, quick.target).heat
    assert isinstance(pooled_score(classifier), PooledScore)
    np.testing.assert_allclose(quick.heat, by_keras, atol=2e-3 * np.abs(by_keras).max())


def test_a_layer_or_a_probability_is_asked_of_keras(photographs):
    classifier, pixels = library.open_classifier(photographs), samples.pixels("chelsea")

    assert explain("grad-cam", classifier, pixels, scales=2).diagnostics["layer"] != "last map"
    assert explain("grad-cam", classifier, pixels, output="probabilities").diagnostics["layer"] != "last map"
