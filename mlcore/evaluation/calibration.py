"""Calibration: do 80 % sure answers come true 80 times in 100? Temperature scaling, the reliability diagram.

After Guo et al. 2017, arXiv:1706.04599. One temperature divides all logits: the order of the classes,
and so the accuracy, stays; only the confidence moves. It is fitted on validation pictures.
"""

from dataclasses import dataclass

import numpy as np

from mlcore.intervals import Interval, wilson
from mlcore.library.classifier import softmax

BINS = 15  # as in Guo et al.
COLDEST, HOTTEST = 0.05, 20.0  # temperatures outside mean that something else is wrong
NEVER_SURE = 2.0  # a threshold that no probability reaches; JSON has no infinity
EVEN_ODDS = 0.5


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence: their mean confidence and the share that was right."""

    confidence: float
    accuracy: Interval


def log_softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Log probabilities, float64 (N, K), of logits divided by the temperature."""
    scaled = np.asarray(logits, "float64") / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    return scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))


def nll(logits: np.ndarray, labels: np.ndarray, temperature: float = 1.0) -> float:
    """Mean negative log likelihood of the truth, in nats."""
    return float(-log_softmax(logits, temperature)[np.arange(len(labels)), labels].mean())


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature that makes the truth of the validation pictures most likely.

    The negative log likelihood is convex in 1/T, so its slope has one zero, found by bisection of
    log T. Where there is none (no answer was wrong, or there are no pictures) nothing bounds the
    confidence, and 1.0 is kept.
    """
    logits, labels = np.asarray(logits, "float64"), np.asarray(labels)
    if len(labels) == 0 or _slope(logits, labels, COLDEST) <= 0:
        return 1.0
    low, high = np.log(COLDEST), np.log(HOTTEST)
    for _ in range(40):  # 6 / 2**40: far below anything that shows
        middle = (low + high) / 2
        low, high = (middle, high) if _slope(logits, labels, np.exp(middle)) > 0 else (low, middle)
    return float(np.exp(high))


def calibrate(logits: np.ndarray, labels: np.ndarray, precision: float = 0.9) -> tuple[float, float]:
    """The temperature, and the threshold above which so divided logits are right with a share of `precision`."""
    temperature = fit_temperature(logits, labels)
    probabilities = softmax(logits / temperature)
    right = probabilities.argmax(axis=1) == labels
    return temperature, threshold(probabilities.max(axis=1), right, precision)


def reliability(confidences: np.ndarray, correct: np.ndarray, bins: int = BINS) -> tuple[Bin, ...]:
    """The reliability diagram: at most `bins` groups of equal count, from the least to the most confident.

    Equal confidences share a group, so that the order of the pictures doesn't matter.
    """
    confidences, correct = np.asarray(confidences, "float64"), np.asarray(correct, bool)
    if len(confidences) == 0:
        return ()
    ordered = np.sort(confidences)
    edges = np.unique(ordered[np.arange(1, bins) * len(ordered) // bins])
    member = np.searchsorted(edges, confidences, side="right")
    groups = [member == number for number in range(len(edges) + 1)]
    return tuple(Bin(float(confidences[g].mean()), wilson(correct[g].sum(), g.sum())) for g in groups if g.any())


def ece(bins: tuple[Bin, ...]) -> float | None:
    """Expected calibration error: the mean gap between confidence and accuracy, weighted by count."""
    total = sum(each.accuracy.n for each in bins)
    if total == 0:
        return None
    return sum(each.accuracy.n * abs(each.confidence - each.accuracy.estimate) for each in bins) / total


def threshold(confidences: np.ndarray, correct: np.ndarray, precision: float = 0.9, floor: float = EVEN_ODDS) -> float:
    """The confidence from which on an answer may be called sure.

    It is the smallest confidence seen on validation pictures such that, of the answers at least
    that confident, a share of at least `precision` was right. It never falls below `floor`: an answer
    that is more likely wrong than right isn't sure, however good the others are. NEVER_SURE when no
    confidence is enough.
    """
    levels, member = np.unique(np.asarray(confidences, "float64"), return_inverse=True)
    at_least = np.bincount(member, minlength=len(levels))[::-1].cumsum()[::-1]
    right = np.bincount(member, correct, minlength=len(levels))[::-1].cumsum()[::-1]
    enough = levels[(right / at_least >= precision) & (levels >= floor)]
    return float(enough.min()) if len(enough) else NEVER_SURE


def _slope(logits: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    """The derivative of the negative log likelihood by 1/T: expected minus true logit."""
    expected = (np.exp(log_softmax(logits, temperature)) * logits).sum(axis=1)
    return float((expected - logits[np.arange(len(labels)), labels]).mean())
