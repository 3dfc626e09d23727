"""What pictures are compared by: features of a classifier, and a space that no classifier made.

Two spaces, because a generator taught by a classifier's kind of loss can please a classifier and still make every
picture of a class alike.
"""

import numpy as np

COMPONENTS = 50


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

    def __init__(self, classifier):
        self._classifier, self.name = classifier, classifier.card.title

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        found = self._classifier.features(pictures)
        return found.mean(axis=(1, 2)) if found.ndim == 4 else found


def _flat(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1).astype("float32") / 255
