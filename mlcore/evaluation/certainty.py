"""What a classifier's confidence is worth: reliability by confidence, the share right when sure, coverage of its sets.

Temperature, threshold and prediction sets are fitted on validation pictures; what they are worth is counted on others.
"""

import numpy as np

from mlcore.evaluation.answers import Answers
from mlcore.intervals import wilson
from mlcore.library.certainty import Certainty, Coverage, Level

EDGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
NOTHING = np.inf  # a probability that no class has: the set of a sure answer holds its class alone
FEWEST = 20  # answers in a level where there are so many: its share is known to 22 points either way, or better


def measured(
    probabilities: np.ndarray, labels: np.ndarray, threshold: float, set_cut: float | None, split: str
) -> Certainty:
    """What a threshold and the cut of prediction sets are worth on held-out pictures.

    `probabilities` (N, K) are calibrated, `labels` (N,) the true classes; without a cut there are no sets.
    """
    confidences, best = probabilities.max(axis=1), probabilities.argmax(axis=1)
    right, sure = best == labels, confidences >= threshold
    whole: Coverage | None = None
    unsure: Coverage | None = None
    if set_cut is not None:
        covered, sizes = _sets(probabilities, labels, sure, set_cut)
        whole, unsure = _coverage(covered, sizes), _coverage(covered[~sure], sizes[~sure])
    return Certainty(
        split=split,
        levels=levels(confidences, right),
        sure=wilson(right[sure].sum(), sure.sum()) if sure.any() else None,
        sets=whole,
        unsure_sets=unsure,
    )


def of_answers(answers: Answers, split: str) -> Certainty:
    """The reliability of kept answers, for a model whose card says nothing of it."""
    return Certainty(split=split, levels=levels(answers.confidence, answers.correct))


def levels(confidences: np.ndarray, right: np.ndarray) -> tuple[Level, ...]:
    """Answers by their confidence (N,), between round edges; neighbours with few answers are taken together.

    Levels are closed from the most confident down, as soon as they hold FEWEST answers; what is left at the end joins
    the last one.
    """
    confidences, right = np.asarray(confidences, "float64"), np.asarray(right, bool)
    member = np.searchsorted(EDGES, confidences, side="right")
    counts = np.bincount(member, minlength=len(EDGES) + 1)
    hits = np.bincount(member, right, minlength=len(EDGES) + 1)
    bounds = (0.0, *EDGES, 1.0)
    return tuple(
        Level(low=bounds[first], high=bounds[last], right=int(hits[first:last].sum()), n=int(counts[first:last].sum()))
        for first, last in _runs(counts)
    )


def _runs(counts: np.ndarray) -> list[tuple[int, int]]:
    """Runs of bins [first, last) that hold FEWEST answers or more where there are so many, none left out; ascending."""
    if not counts.any():
        return []
    runs: list[tuple[int, int]] = []
    last = len(counts)
    for first in reversed(range(len(counts))):
        if counts[first:last].sum() >= FEWEST:
            runs.insert(0, (first, last))
            last = first
    return [(0, runs[0][1]), *runs[1:]] if runs else [(0, last)]


def _sets(probabilities: np.ndarray, labels: np.ndarray, sure: np.ndarray, cut: float) -> tuple[np.ndarray, np.ndarray]:
    """Whether the truth is in each picture's set, and how many classes are."""
    members = probabilities >= np.where(sure, NOTHING, cut)[:, None]
    members[np.arange(len(labels)), probabilities.argmax(axis=1)] = True
    return members[np.arange(len(labels)), labels], members.sum(axis=1)


def _coverage(covered: np.ndarray, sizes: np.ndarray) -> Coverage | None:
    return Coverage(share=wilson(covered.sum(), len(covered)), size=float(sizes.mean())) if len(covered) else None
