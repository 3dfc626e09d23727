"""Classifiers of a few NumPy lines, whose best and worst maps are known, and explanations with a given heat."""

from functools import lru_cache
from types import SimpleNamespace

import numpy as np
import pytest

SHAPE = (8, 8, 3)
PATCH = (slice(2, 5), slice(2, 5))


class Toy:
    """A classifier of two classes whose first logit is given; the second is 0."""

    def __init__(self, logit, shape=SHAPE):
        self.card = SimpleNamespace(
            id="toy", title="Toy", starter=False, classes=("yes", "no"), shape=shape, temperature=1.0
        )
        self._logit, self.asked = logit, 0

    def logits(self, batch):
        self.asked += len(batch)
        first = np.asarray(self._logit(np.asarray(batch, "float64")), "float64")
        return np.stack([first, np.zeros(len(batch))], axis=1)

    def probabilities(self, batch):
        raised = np.exp(self.logits(batch))
        return raised / raised.sum(axis=1, keepdims=True)


@pytest.fixture
def patch_classifier():
    """Answers by how bright the patch is; nothing else matters to it."""
    return Toy(lambda batch: 8 * batch[:, *PATCH].mean(axis=(1, 2, 3)) / 255 - 4)


@pytest.fixture
def constant_classifier():
    """Whatever it sees, the answer is 0.731."""
    return Toy(lambda batch: np.ones(len(batch)))


@pytest.fixture
def patch_picture():
    """Random pixels with a white patch, uint8 (8, 8, 3)."""
    picture = np.random.default_rng(5).integers(0, 200, SHAPE).astype("uint8")
    picture[PATCH] = 255
    return picture


@pytest.fixture
def perfect():
    """The heat of the patch classifier: the patch, and nothing else."""
    heat = np.zeros(SHAPE[:2], "float32")
    heat[PATCH] = 1
    return heat


def explanation_of(heat, picture, target=0):
    """An explanation with a given heat, as the judge sees it."""
    return SimpleNamespace(
        heat=heat, picture=picture, target=target, method="gradient", class_name="yes", settings={}, output="logits"
    )


@pytest.fixture
def explained():
    return explanation_of


@pytest.fixture
def toy():
    return Toy


@lru_cache
def answers(model):
    """The network as a function of arrays, compiled once for all tests."""
    from mlcore.backend.compiled import compiled

    return compiled(model)


class Whole:
    """A Keras classifier with all that a report asks of one."""

    def __init__(self, classifier, folder):
        self.model, self.folder, self._call = classifier.model, folder, answers(classifier.model)
        own = {"id": "mine", "title": "Mine", "starter": False, "temperature": 1.0, "kind": "classifier"}
        self.card = SimpleNamespace(**vars(classifier.card) | own)

    def logits(self, batch):
        return self._call(np.asarray(batch, "float32"))

    def probabilities(self, batch):
        raised = np.exp(self.logits(batch) - self.logits(batch).max(axis=1, keepdims=True))
        return raised / raised.sum(axis=1, keepdims=True)


@pytest.fixture
def whole(classifiers, tmp_path):
    """A small convolutional classifier of 8 x 8 pictures with a folder of its own."""
    return Whole(classifiers["square"], tmp_path / "model")
