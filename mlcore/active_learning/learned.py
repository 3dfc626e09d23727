"""What the labels so far teach: a head on frozen features, how good it is, and its guess at every other picture."""

from dataclasses import dataclass

import numpy as np

from mlcore.evaluation.calibration import fit_temperature
from mlcore.intervals import Interval
from mlcore.library.classifier import softmax
from mlcore.teach import head

UNLABELLED = -1  # in place of a class
FEWEST = 2  # pictures, other than near copies, that a class needs before it is guessed at


@dataclass(frozen=True, eq=False)
class Learned:
    """A head's probabilities (N, K) of every picture for the K of all classes that have pictures enough.

    `accuracy` is cross-validated: how often labelled pictures are answered right by heads that didn't see them.
    """

    logits: np.ndarray
    classes: np.ndarray
    accuracy: Interval

    @property
    def probabilities(self) -> np.ndarray:
        """Calibrated on labelled pictures that were left out."""
        return softmax(self.logits)


@dataclass(frozen=True, eq=False)
class Guesses:
    """The likeliest class of unlabelled pictures: rows, classes and probabilities (n,), by class, the surest first."""

    rows: np.ndarray
    classes: np.ndarray
    probabilities: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, label: int) -> "Guesses":
        """Those of one class."""
        return self._some(self.classes == label)

    def at_least(self, probability: float) -> "Guesses":
        """Those that are at least so probable."""
        return self._some(self.probabilities >= probability)

    def first(self, count: int) -> "Guesses":
        """The first of them."""
        return self._some(np.arange(len(self)) < count)

    def _some(self, chosen: np.ndarray) -> "Guesses":
        return Guesses(self.rows[chosen], self.classes[chosen], self.probabilities[chosen])


def learn(features: np.ndarray, labels: np.ndarray, groups: np.ndarray, seed: int = 0) -> Learned | None:
    """Learn from features (N, C) of pictures with labels int (N,), UNLABELLED where there is none yet.

    `groups` int (N,) are the same for near copies, which count as one picture. None while fewer than two classes have
    two different pictures.
    """
    classes = teachable(labels, groups)
    if len(classes) < 2:
        return None
    rows = np.flatnonzero(np.isin(labels, classes))
    fitted = head.fit(features[rows], np.searchsorted(classes, labels[rows]), groups[rows], seed)
    temperature = fit_temperature(fitted.left_out.logits, fitted.left_out.labels)
    return Learned(fitted.head.logits(features) / temperature, classes, fitted.accuracy)


def teachable(labels: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """The classes that have different pictures enough, in order."""
    known = labels != UNLABELLED
    pairs = np.unique(np.stack([labels[known], groups[known]]), axis=1)
    classes, counts = np.unique(pairs[0], return_counts=True)
    return classes[counts >= FEWEST]


def guesses(learned: Learned, labels: np.ndarray) -> Guesses:
    """What the head takes every unlabelled picture for."""
    rows = np.flatnonzero(labels == UNLABELLED)
    probabilities = learned.probabilities[rows]
    classes, surest = learned.classes[probabilities.argmax(axis=1)], probabilities.max(axis=1)
    order = np.lexsort((-surest, classes))
    return Guesses(rows[order], classes[order], surest[order])
