"""The reference set: real pictures, read once when training begins, that made ones are compared with later."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from mlcore import library
from mlcore.data import Dataset, Split
from mlcore.generation.measure.classes import mean_distance
from mlcore.generation.measure.judge import QuickJudge
from mlcore.library.card import Card

Judge = Callable[[np.ndarray], np.ndarray]  # pictures uint8 (N, H, W, 3) to class numbers (N,)

READ = 1200  # real pictures over all classes
PER_CLASS = 120  # of them
HELD = 3  # one picture in three isn't learned from, but tells how good a judge is
COMPARED = 200  # real pictures that are compared with each other, and of one class:
COMPARED_WITHIN = 40
SLOW_SECONDS = 0.05  # a classifier that takes longer for the pictures of a look isn't asked
APART = 0.1  # by which a judge must do better on real pictures than is asked of made ones


class ReferenceSet:
    """How varied real pictures are, and a judge of their classes.

    `pictures` uint8 (N, H, W, 3) with `labels` (N,): up to 120 of each class, shuffled. `asked` are the classes of
    the pictures of a look; None for a generator that knows no classes.
    """

    def __init__(self, dataset: Dataset, asked: np.ndarray | None):
        self._names, self._asked = dataset.classes, asked
        self.pictures, self.labels = _balanced(dataset.split("train"), len(dataset.classes))
        self._variety = _variety(self.pictures[:COMPARED])
        labels = [] if asked is None else [int(label) for label in np.unique(asked)]
        self._within = {label: _variety(self.pictures[self.labels == label][:COMPARED_WITHIN]) for label in labels}
        self._judge: Judge | None = None
        self.needed: float | None = None
        if asked is not None:
            self._choose(dataset, len(asked))

    def compare(self, pictures: np.ndarray) -> dict[str, Any]:
        """What a look tells of made pictures uint8 (N, H, W, 3), as fields of `SamplesChecked`."""
        within = {label: _ratio(pictures[self._asked == label], real) for label, real in self._within.items()}
        ratios = {label: ratio for label, ratio in within.items() if ratio is not None}
        least = min(ratios, key=ratios.__getitem__) if ratios else None
        return {
            "deviation": float(pictures.std(axis=(0, 1, 2)).max() / 255),
            "variety": _ratio(pictures, self._variety),
            "least_variety": None if least is None else ratios[least],
            "least_class": "" if least is None else self._names[least],
            "right": float((self._judge(pictures) == self._asked).mean()) if self._judge else None,
            "right_needed": self.needed,
        }

    # who judges the classes

    def _choose(self, dataset: Dataset, count: int) -> None:
        """Take the judge that knows real pictures best, if it knows them well enough to tell a fault from chance."""
        held = np.arange(len(self.pictures)) % HELD == 0
        classes = len(self._names)
        quick = QuickJudge(self.pictures[~held], self.labels[~held], classes)
        judges: list[Judge] = [quick, *_classifiers(dataset, self.pictures[:count])]
        scores = [_balanced_accuracy(judge(self.pictures[held]), self.labels[held]) for judge in judges]
        best = max(scores)
        needed = min(2 / classes, (1 / classes + best) / 2)  # the mean of chance and judge: 2 of 2 classes is too much
        if best - needed > APART:
            self._judge, self.needed = judges[int(np.argmax(scores))], needed


def _classifiers(dataset: Dataset, some: np.ndarray) -> list[Judge]:
    """The best classifier in the library of these classes and this size, unless it takes long."""
    cards = [card for card in library.classifiers() if _fits(card, dataset)]
    cards.sort(key=_accuracy, reverse=True)
    return [judge for judge in map(_asking, cards[:1]) if _seconds(judge, some) < SLOW_SECONDS]


def _accuracy(card: Card) -> float:
    return (card.accuracy.value if card.accuracy else None) or 0.0


def _asking(card: Card) -> Judge:
    own = library.open_classifier(card.id)
    return lambda pictures: own.logits(pictures).argmax(axis=1)


def _fits(card: Card, dataset: Dataset) -> bool:
    same = card.classes == tuple(dataset.classes) and tuple(card.shape) == tuple(dataset.shape)
    return same and card.answers_fast and card.accuracy is not None


def _seconds(judge: Judge, pictures: np.ndarray) -> float:
    judge(pictures)  # the first answer takes longer
    began = time.perf_counter()
    judge(pictures)
    return time.perf_counter() - began


def _balanced_accuracy(answers: np.ndarray, labels: np.ndarray) -> float:
    return float(np.mean([(answers[labels == label] == label).mean() for label in np.unique(labels)]))


# pictures and how they differ


def _balanced(split: Split, classes: int) -> tuple[np.ndarray, np.ndarray]:
    random, labels = np.random.default_rng(0), np.asarray(split.labels)
    most = max(HELD, min(PER_CLASS, READ // classes))
    chosen_of_each = [random.permutation(np.flatnonzero(labels == label))[:most] for label in range(classes)]
    chosen = np.sort(np.concatenate(chosen_of_each))
    order = random.permutation(len(chosen))
    return split.read(chosen)[order], labels[chosen][order]


def _variety(pictures: np.ndarray) -> float:
    return mean_distance(pictures) if len(pictures) > 1 else 0.0


def _ratio(pictures: np.ndarray, real: float) -> float | None:
    """The variety of made pictures over that of real ones; None where real ones are all the same."""
    return float(_variety(pictures) / real) if real > 1e-6 else None
