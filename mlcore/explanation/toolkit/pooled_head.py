"""The score of a network that averages its last feature map (global average pooling): slopes without Keras.

Where the logits are the mean of the map times a matrix, plus a bias, each place of the map has the same slope: the
matrix's column over the number of places. So the small copy alone gives what Grad-CAM and its relatives ask for, in the
time of two answers, while Keras would first have to be loaded.
"""

from functools import lru_cache

import numpy as np

from mlcore.explanation.toolkit.answers_only import SmallScore
from mlcore.library.classifier import Classifier

CLOSE = 1e-3  # of the logits' spread: how far a small copy's own rounding reaches


class PooledScore(SmallScore):
    """A SmallScore that knows how logits change with the last feature map."""

    def __init__(self, classifier: Classifier, head: np.ndarray) -> None:
        super().__init__(classifier)
        self._head = head

    def feature_gradient(  # type: ignore[override]
        self, batch: np.ndarray, target: int, layer: str | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The last feature map and the slopes of the logit of class `target`: both float32 (N, h, w, C)."""
        features = self.features(batch, layer)
        slope = self._head[:, target] / (features.shape[1] * features.shape[2])
        return features, np.broadcast_to(slope.astype("float32"), features.shape)


def pooled_score(classifier: Classifier) -> PooledScore | None:
    """The score of a classifier whose logits are averages of its last map; None for any other."""
    head = getattr(classifier, "head", None)
    if head is None or len(classifier.card.shape) != 3:
        return None
    return PooledScore(classifier, head) if _averages(classifier) else None


@lru_cache(maxsize=4)
def _averages(classifier: Classifier) -> bool:
    """Whether what the logits hold beyond the averages is the same for pictures of noise, dark and bright.

    A map of a single place tells nothing apart: there Keras, which knows earlier layers, has to be asked.
    """
    noise = np.random.default_rng(0).integers(0, 256, classifier.card.shape, dtype="uint8")
    batch = np.stack([noise, noise // 4, 255 - noise // 4])
    features, logits = classifier.small_features(batch), classifier.logits(batch)
    if features is None or features.ndim != 4 or features.shape[1:3] == (1, 1):
        return False
    biases = logits - features.mean(axis=(1, 2)) @ classifier.head
    return bool(np.ptp(biases, axis=0).max() <= CLOSE * max(1.0, float(np.ptp(logits))))
