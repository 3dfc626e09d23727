"""Metrics: precision, recall, F1, top-k accuracy and Brier score, counted from the answers of a classifier."""

from dataclasses import dataclass

import numpy as np

from mlcore.intervals import Interval, wilson


@dataclass(frozen=True)
class ClassScores:
    """How one class fares; a score is None where it has no meaning (nothing to divide by).

    `accuracy` is the recall with its interval: of this class's n pictures, the share recognised.
    """

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    n: int
    accuracy: Interval


@dataclass(frozen=True)
class Average:
    """Plain means over the classes that have pictures, each class counting the same."""

    precision: float | None
    recall: float | None
    f1: float | None


def confusion(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """How often each class was answered for each truth: int64 (K, K), rows = truth."""
    cells = np.asarray(truth, "int64") * classes + np.asarray(predicted, "int64")
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def per_class(table: np.ndarray, names: tuple[str, ...]) -> tuple[ClassScores, ...]:
    """Precision, recall and F1 of every class of a confusion table."""
    right, answered, given = np.diag(table), table.sum(axis=0), table.sum(axis=1)
    return tuple(
        ClassScores(
            name=name,
            precision=_share(hits, all_answers),
            recall=_share(hits, n),
            f1=_share(2 * hits, all_answers + n),
            n=int(n),
            accuracy=wilson(hits, n),
        )
        for name, hits, all_answers, n in zip(names, right, answered, given, strict=True)
    )


def macro(scores: tuple[ClassScores, ...]) -> Average:
    """The mean over classes; a class that was never answered has precision 0 here."""
    present = [each for each in scores if each.n]
    return Average(
        **{name: _mean([getattr(each, name) or 0.0 for each in present]) for name in ("precision", "recall", "f1")}
    )


def top_k(logits: np.ndarray, labels: np.ndarray, k: int, groups: np.ndarray | None = None) -> Interval:
    """The share of pictures, or groups, whose truth is among the k likeliest classes; of equals the first one wins."""
    given = logits[np.arange(len(labels)), labels][:, None]
    earlier = np.arange(logits.shape[1]) < np.asarray(labels)[:, None]
    rank = ((logits > given) | ((logits == given) & earlier)).sum(axis=1)
    return accuracy(rank < k, groups)


def accuracy(right: np.ndarray, groups: np.ndarray | None = None) -> Interval:
    """The share of right answers, bool (n,); a group of pictures, such as near copies, counts as one picture."""
    if groups is None:
        return wilson(int(right.sum()), len(right))
    _, member, size = np.unique(groups, return_inverse=True, return_counts=True)
    return wilson(round(float((right / size[member]).sum())), len(size))


def brier(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean squared distance between the probabilities and the truth, 0 (best) to 2 (Brier 1950)."""
    truth = np.eye(probabilities.shape[1])[labels]
    return float(((probabilities - truth) ** 2).sum(axis=1).mean())


def _share(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None
