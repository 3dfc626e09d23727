"""The threshold: the confidence from which on an answer is called sure, so that it holds for the least sure ones, too.

How often answers are right is fitted as a logistic function a + b x of the log odds x of their confidence (Platt 1999),
with a prior at a = 0, b = 1, where confidence is right as it is; the lower bound of that has to reach what is promised.
"""

import numpy as np

from mlcore.library.certainty import NEVER_SURE, PROMISE

FEWEST = 35  # all of 35 right: the 95 % interval begins at 90.1 %; with 34 of 34 at 89.8 %, so nothing can be promised
EVEN_ODDS = 0.5
SPREAD = 0.5  # of the prior on a and b: says as much as some 20 answers near 90 %; docs/decisions/0023
ONE_SIDED = 1.645  # standard errors below which the truth lies in one of 20 cases
PRIOR = np.array([0.0, 1.0])
STEPS, TINY = 50, 1e-9  # of Newton, five are the rule; a step that moves nothing any more
FARTHEST = 1e-3  # confidences beyond 99.9 % count as that: one mistaken label there shan't turn the line


def fit_threshold(confidences: np.ndarray, right: np.ndarray, promise: float = PROMISE) -> float:
    """The smallest confidence (N,) at which a share `promise` of answers is right, as far as N answers can tell.

    With 19 of 20 certainty by the fitted line, and counted, too, among the FEWEST answers from there on. It never falls
    below even odds: an answer that is more likely wrong isn't sure, however good others are. NEVER_SURE with fewer than
    FEWEST answers, and where no confidence is enough.
    """
    if len(confidences) < FEWEST:
        return NEVER_SURE
    order = np.lexsort((right, confidences))
    confidences, right = np.asarray(confidences, "float64")[order], np.asarray(right, bool)[order]
    levels, first = np.unique(confidences, return_index=True)
    promised = _lower_bound(_log_odds(confidences), right, _log_odds(levels)) >= np.log(promise / (1 - promise))
    kept = levels[promised & (levels >= EVEN_ODDS) & (_share_from(right, first) >= promise)]
    return float(kept[0]) if len(kept) else NEVER_SURE


def _log_odds(confidences: np.ndarray) -> np.ndarray:
    clipped = np.clip(confidences, FARTHEST, 1 - FARTHEST)
    return np.log(clipped) - np.log1p(-clipped)


def _share_from(right: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The share of right answers among FEWEST in ascending order of confidence, each from a place `first` on."""
    counted = np.concatenate([[0], np.cumsum(right)])
    start = np.minimum(first, len(right) - FEWEST)
    return (counted[start + FEWEST] - counted[start]) / FEWEST


def _lower_bound(log_odds: np.ndarray, right: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The lower bound of a + b x at places x: its mean less ONE_SIDED standard errors; nowhere where b isn't above 0.

    The covariance is the inverse of the curvature at the most likely line (Laplace's approximation).
    """
    line, curvature = _most_likely_line(np.stack([np.ones_like(log_odds), log_odds], axis=1), right)
    places = np.stack([np.ones_like(at), at], axis=1)
    error = np.sqrt(np.einsum("ni,ij,nj->n", places, np.linalg.inv(curvature), places))
    return places @ line - ONE_SIDED * error if line[1] > 0 else np.full(len(at), -np.inf)


def _most_likely_line(design: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(a, b) under the prior, and the curvature (2, 2) there, for rows (1, x), by Newton with shortened steps."""
    line = PRIOR
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-design @ line))
        slope = design.T @ (chance - right) + (line - PRIOR) / SPREAD**2
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + np.eye(2) / SPREAD**2
        step, before = np.linalg.solve(curvature, slope), _loss(line, design, right)
        while _loss(line - step, design, right) > before and abs(step).max() > TINY:
            step = step / 2
        line = line - step
        if abs(step).max() <= TINY:
            break
    return line, curvature


def _loss(line: np.ndarray, design: np.ndarray, right: np.ndarray) -> float:
    odds = design @ line
    return float(np.logaddexp(0, np.where(right, -odds, odds)).sum() + ((line - PRIOR) ** 2).sum() / 2 / SPREAD**2)
