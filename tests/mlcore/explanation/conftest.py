"""Scores of a few NumPy lines, whose explanations are known in closed form, and a small classifier."""

from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

from mlcore.errors import Kind, unknown
from mlcore.library.class_map import class_map

BACKGROUND = np.random.default_rng(6).uniform(0, 255, (7, 8, 8, 3)).astype("float32")


class LinearScore:
    """z = sum(weights * picture) + 1 for each of three classes."""

    rectifiers: ClassVar = {"relu": 1}
    background, background_origin = BACKGROUND, "7 training pictures"

    def __init__(self, shape=(8, 8, 3), seed=0):
        self.shape = shape
        self.weights = np.random.default_rng(seed).normal(size=(3, *shape)).astype("float32")
        self.asked = []

    def values(self, batch, target):
        return (batch * self.weights[target]).sum(axis=(1, 2, 3)) + 1

    def gradient(self, batch, target):
        self.asked.append(np.array(batch))
        return np.broadcast_to(self.weights[target], batch.shape).copy()

    def guided_gradient(self, batch, target):
        return self.gradient(batch, target)


class QuadraticScore(LinearScore):
    """z = sum(weights * picture^2) / 2: its gradient is linear in the picture."""

    def values(self, batch, target):
        return (self.weights[target] * batch**2).sum(axis=(1, 2, 3)) / 2

    def gradient(self, batch, target):
        return self.weights[target] * batch


class PatchScore:
    """Mean colours of 2 x 2 patches, tanh of four mixtures of them (the feature map), average, linear head."""

    rectifiers: ClassVar = {"relu": 1}
    background, background_origin = BACKGROUND, "7 training pictures"
    layers = (SimpleNamespace(name="patches", shape=(4, 4, 4)),)

    def __init__(self, shape=(8, 8, 3), seed=0):
        rng = np.random.default_rng(seed)
        self.shape = shape
        self.mixture, self.kernel = rng.normal(size=(3, 4)) / 100, rng.normal(size=(4, 3))

    def values(self, batch, target):
        return self.features(batch).mean(axis=(1, 2)) @ self.kernel[:, target]

    def features(self, batch, layer=None):
        n, height, width, _ = batch.shape
        patches = batch.reshape(n, height // 2, 2, width // 2, 2, 3).mean(axis=(2, 4))
        return np.tanh(patches @ self.mixture)

    def feature_gradient(self, batch, target, layer=None):
        features = self.features(batch)
        share = self.kernel[:, target] / (features.shape[1] * features.shape[2])
        return features, np.broadcast_to(share, features.shape)

    def gradient(self, batch, target):
        features, slope = self.feature_gradient(batch, target)
        patches = (slope * (1 - features**2)) @ self.mixture.T / 4
        return patches.repeat(2, axis=1).repeat(2, axis=2)

    def guided_gradient(self, batch, target):
        return self.gradient(batch, target)

    def feature_layer(self, layer=None):
        if layer not in (None, "patches"):
            raise unknown(Kind.UNKNOWN_NAME, "layer with a feature map", layer, ["patches"])
        return "patches"

    def class_map(self, picture, target):
        return class_map(self.features(picture[None])[0], self.kernel, target)


@pytest.fixture
def linear():
    return LinearScore()


@pytest.fixture
def quadratic():
    return QuadraticScore()


@pytest.fixture
def patches():
    return PatchScore()


@pytest.fixture
def picture():
    """A picture of random pixels, float32 (8, 8, 3)."""
    return np.random.default_rng(5).uniform(0, 255, (8, 8, 3)).astype("float32")


class Classifier:
    """What `explain` needs of a classifier, around a Keras network."""

    def __init__(self, model, classes):
        self.model = model
        self.card = SimpleNamespace(classes=tuple(classes), shape=tuple(model.input_shape[1:]))

    def logits(self, batch):
        return np.asarray(self.model(batch.astype("float32")))


def classifier_of(height, width, nested=False):
    """A small convolutional classifier with an average-pooled head; the weights are the same on every backend."""
    import keras
    from keras import layers

    body = [
        layers.Rescaling(1 / 127.5, offset=-1),
        layers.Conv2D(8, 3, activation="relu", padding="same", name="first"),
        layers.MaxPooling2D(),
        layers.Conv2D(8, 3, activation="gelu", name="last"),
    ]
    body = [keras.Sequential([keras.Input((height, width, 3)), *body], name="backbone")] if nested else body
    head = [layers.GlobalAveragePooling2D(), layers.Dense(3, name="head")]
    model = keras.Sequential([keras.Input((height, width, 3)), *body, *head])
    rng = np.random.default_rng(3)
    model.set_weights([rng.normal(0.1, 2 / np.sqrt(each.shape[-1] * 9), each.shape) for each in model.get_weights()])
    return Classifier(model, ("ant", "bee", "cat"))


@pytest.fixture(scope="session")
def classifiers():
    """Classifiers by name: square (8 x 8), wide (12 high, 20 wide), and nested as square with an inner network."""
    return {"square": classifier_of(8, 8), "wide": classifier_of(12, 20), "nested": classifier_of(8, 8, nested=True)}


@pytest.fixture
def photo():
    """A random picture for each classifier: uint8 (H, W, 3)."""

    def make(classifier, seed=1):
        return np.random.default_rng(seed).integers(0, 256, classifier.card.shape, "uint8")

    return make
