"""Feature spaces in which pictures are compared: one of a classifier, and one that no classifier made (PCA).

Two spaces, because a generator taught by a classifier's kind of loss can please a classifier and still make every
picture of a class alike.
"""

from typing import Protocol

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.library.classifier import Classifier

COMPONENTS = 50


class FeatureSpace(Protocol):
    """Features (N, D) of pictures uint8 (N, H, W, 3), by name."""

    @property
    def name(self) -> str:
        """What it is called."""

    def __call__(self, pictures: np.ndarray, /) -> np.ndarray:
        """The features of pictures."""


class Principal:
    """The leading principal components of real pictures' pixels: pictures uint8 (N, H, W, 3) to (N, 50)."""

    name = "pixels (50 principal components)"

    def __init__(self, real: np.ndarray):
        flat = _flat(real)
        self._mean = flat.mean(axis=0)
        _, sizes, axes = np.linalg.svd(flat - self._mean, full_matrices=False)
        self._axes = axes[: min(COMPONENTS, len(sizes))]

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        return (_flat(pictures) - self._mean) @ self._axes.T


class Pooled:
    """The features in front of a classifier's last layer, as its pooling makes them: (N, C)."""

    def __init__(self, classifier: Classifier):
        self._classifier, self.name = classifier, classifier.card.title

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        features = self._classifier.features(pictures)
        if features is None:
            raise Refused(Kind.NOT_COMPATIBLE, f"{self.name!r} has no feature map to compare pictures by.")
        return features.mean(axis=(1, 2)) if features.ndim == 4 else features


def _flat(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1).astype("float32") / 255
