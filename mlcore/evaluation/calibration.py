"""Calibration: do 80 % sure answers come true 80 times in 100? Temperature scaling, the reliability diagram.

After Guo et al. 2017, arXiv:1706.04599. One temperature divides all logits: the order of the classes,
and so the accuracy, stays; only the confidence moves. It is fitted on validation pictures, and with few of them
it is drawn to 1, because a guess is worse than no change.
"""

from dataclasses import dataclass

import numpy as np

from mlcore.intervals import Interval, wilson

BINS = 15  # as in Guo et al.
COLDEST, HOTTEST = 0.05, 20.0  # temperatures outside mean that something else is wrong
PRIOR = 25.0  # of {10, 15, 20, 25, 40} by benchmarks.calibration; docs/decisions/0023


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
    """The temperature that makes the truth of the validation pictures most likely, drawn to 1 where they are few.

    Minimises the summed negative log likelihood plus PRIOR (b - 1 - log b), b = 1/T: a gamma prior on b with its
    mode at 1, which says about log T what a normal one of spread 1 / sqrt(PRIOR) says. With no pictures T is 1; with
    many the prior is forgotten; where no answer was wrong, it bounds the confidence. Guo et al. have no prior. The
    sum is convex in b, so its slope has one zero, found by bisection of log T.
    """
    logits, labels = np.asarray(logits, "float64"), np.asarray(labels)
    low, high = np.log(COLDEST), np.log(HOTTEST)
    for _ in range(40):  # 6 / 2**40: far below anything that shows
        middle = (low + high) / 2
        low, high = (middle, high) if _slope(logits, labels, np.exp(middle)) > 0 else (low, middle)
    return float(np.exp(high))


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


def _slope(logits: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    """The derivative by 1/T of what is minimised: expected minus true logits, and that of the prior."""
    expected = (np.exp(log_softmax(logits, temperature)) * logits).sum(axis=1)
    return float((expected - logits[np.arange(len(labels)), labels]).sum() + PRIOR * (1 - temperature))
