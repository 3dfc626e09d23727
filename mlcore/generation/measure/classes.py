"""Mode collapse and class accuracy: do made pictures show the class asked for, are all there, do they vary?"""

from dataclasses import dataclass

import numpy as np

from mlcore.generation.measure.precision_recall import distances
from mlcore.intervals import Interval, wilson
from mlcore.library.classifier import Classifier

PRESENT = 0.2  # of its real share, at least, for a class to count as there
PAIRS = 40  # pictures of a class that are compared with each other


@dataclass(frozen=True)
class Classes:
    """accuracy: share of pictures recognised as the class asked for. shares: of the answers, by class.

    present: classes with at least a fifth of their real share. apart: total variation between made and real shares,
    0 to 1. diversity: mean distance of made pictures of a class over that of real ones; near 0 all are alike.
    """

    accuracy: Interval
    shares: tuple[float, ...]
    present: int
    apart: float
    diversity: tuple[float | None, ...]


def of_classes(classifier: Classifier, fake: np.ndarray, asked: np.ndarray, real: np.ndarray) -> Classes:
    """Judge made pictures uint8 (N, H, W, 3) asked to show classes (N,), beside real ones of these classes."""
    count = len(classifier.card.classes)
    answers = np.concatenate([classifier.logits(fake[at : at + 256]).argmax(axis=1) for at in range(0, len(fake), 256)])
    shares, wanted = (np.bincount(each, minlength=count) / len(each) for each in (answers, asked))
    return Classes(
        accuracy=wilson(int((answers == asked).sum()), len(asked)),
        shares=tuple(shares.tolist()),
        present=int((shares >= PRESENT * wanted)[wanted > 0].sum()),
        apart=float(np.abs(shares - wanted).sum() / 2),
        diversity=tuple(_diversity(fake[asked == label], real[asked == label]) for label in range(count)),
    )


def _diversity(fake: np.ndarray, real: np.ndarray) -> float | None:
    pictures = min(len(fake), len(real), PAIRS)
    if pictures < 2:
        return None
    ours, theirs = (mean_distance(each[:pictures]) for each in (fake, real))
    return float(ours / theirs) if theirs else None


def mean_distance(pictures: np.ndarray) -> float:
    """How far two of these pictures uint8 (N, H, W, 3), N at least 2, are from each other on average."""
    flat = pictures.reshape(len(pictures), -1).astype("float32") / 255
    apart = distances(flat, flat)
    return float(apart.sum() / (len(flat) * (len(flat) - 1)))
