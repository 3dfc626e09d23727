"""Scores of out-of-distribution detection beside the one that mlcore uses: each is fitted, then says how unlike.

A fit takes what a network gave for pictures that taught it (`Outputs`) with their classes, and gives a function of
outputs: one number per picture, larger where the picture is less like them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

NEIGHBOUR = 10  # Sun et al. take 50 of 50,000 kept pictures; here 5,000 are kept
KEPT = 0.95  # share of the spread that ViM's principal space holds
TINY = 1e-12


@dataclass(frozen=True)
class Outputs:
    """What a network gave for N pictures: logits (N, K) and pooled features (N, C)."""

    logits: np.ndarray
    features: np.ndarray

    def __len__(self) -> int:
        return len(self.logits)


Score = Callable[[Outputs], np.ndarray]
Fit = Callable[[Outputs, np.ndarray], Score]


def probability(seen: Outputs, labels: np.ndarray) -> Score:
    """One less the maximum softmax probability (Hendrycks and Gimpel 2017, arXiv:1610.02136): the baseline."""
    return lambda given: 1 - 1 / np.exp(given.logits - given.logits.max(axis=1, keepdims=True)).sum(axis=1)


def logit(seen: Outputs, labels: np.ndarray) -> Score:
    """The maximum logit, negated (Hendrycks et al. 2022, arXiv:1911.11132)."""
    return lambda given: -given.logits.max(axis=1)


def energy(seen: Outputs, labels: np.ndarray) -> Score:
    """The free energy -log sum exp of the logits (Liu et al. 2020, arXiv:2010.03759, eq. 4)."""
    return lambda given: -_log_sum_exp(given.logits)


def neighbour(seen: Outputs, labels: np.ndarray) -> Score:
    """Distance to the tenth nearest kept picture, features of length 1 (Sun et al. 2022, arXiv:2204.06507)."""
    kept = _unit(seen.features)
    at = min(NEIGHBOUR, len(kept)) - 1

    def score(given: Outputs) -> np.ndarray:
        likeness = _unit(given.features) @ kept.T
        return np.sqrt(np.maximum(2 - 2 * -np.partition(-likeness, at, axis=1)[:, at], 0))

    return score


def mahalanobis(seen: Outputs, labels: np.ndarray) -> Score:
    """Squared distance to the nearest class' mean under the shared covariance (Lee et al. 2018, arXiv:1807.03888)."""
    means, inverse = _classes(seen.features, labels)
    return lambda given: _distances(given.features, means, inverse).min(axis=1)


def relative_mahalanobis(seen: Outputs, labels: np.ndarray) -> Score:
    """The same, less the distance to the mean of all under the whole covariance (Ren et al. 2021, arXiv:2106.09022)."""
    nearest, whole = mahalanobis(seen, labels), overall_mahalanobis(seen, labels)
    return lambda given: nearest(given) - whole(given)


def overall_mahalanobis(seen: Outputs, labels: np.ndarray) -> Score:
    """Squared distance to the mean of all pictures under their covariance, whatever their class."""
    means, inverse = _classes(seen.features, np.zeros(len(seen), int))
    return lambda given: _distances(given.features, means, inverse)[:, 0]


def residual(seen: Outputs, labels: np.ndarray) -> Score:
    """Length of what lies outside the features' principal space (Wang et al. 2022, arXiv:2203.10807, eq. 4)."""
    centre = seen.features.mean(axis=0)
    values, axes = np.linalg.eigh(np.cov(seen.features, rowvar=False))
    held = np.cumsum(values[::-1]) / values.sum()
    outside = axes[:, ::-1][:, int(np.searchsorted(held, KEPT)) + 1 :]
    return lambda given: np.linalg.norm((given.features - centre) @ outside, axis=1)


def virtual_logit(seen: Outputs, labels: np.ndarray) -> Score:
    """ViM (Wang et al. 2022, eq. 6 and 7): the residual as the logit of one more class, beside the energy.

    The centre is the mean of the features, since not every network ends in one linear layer.
    """
    outside = residual(seen, labels)
    scale = seen.logits.max(axis=1).mean() / max(float(outside(seen).mean()), TINY)
    return lambda given: scale * outside(given) - _log_sum_exp(given.logits)


def larger(one: Fit, other: Fit, held_out: Outputs) -> Fit:
    """The larger of two scores, each as the share of held-out pictures that have less."""

    def fit(seen: Outputs, labels: np.ndarray) -> Score:
        scores = [each(seen, labels) for each in (one, other)]
        known = [np.sort(score(held_out)) for score in scores]
        return lambda given: np.max([_rank(k, score(given)) for k, score in zip(known, scores, strict=True)], axis=0)

    return fit


def _rank(known: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The share of known values below; beyond the largest it grows on, slowly, so that an order is left."""
    beyond = np.maximum(values - known[-1], 0) / max(float(known[-1] - known[0]), TINY)
    return np.searchsorted(known, values) / len(known) + beyond


def _classes(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means (K, C) of the classes there are and the inverse of their shared, shrunk covariance (C, C)."""
    means = np.stack([features[labels == label].mean(axis=0) for label in np.unique(labels)])
    spread = features - means[np.unique(labels, return_inverse=True)[1]]
    return means, np.linalg.inv(shrunk_covariance(spread))


def shrunk_covariance(spread: np.ndarray) -> np.ndarray:
    """The covariance of centred rows, drawn towards a sphere (Ledoit and Wolf 2004, J. Multivar. Anal. 88:365)."""
    count, size = spread.shape
    covariance = spread.T @ spread / count
    level = np.trace(covariance) / size
    far = ((covariance - level * np.eye(size)) ** 2).sum()
    noise = ((spread**2).T @ (spread**2)).sum() / count**2 - (covariance**2).sum() / count
    weight = min(1.0, noise / max(far, TINY))
    return (1 - weight) * covariance + (weight * level + TINY) * np.eye(size)


def _distances(features: np.ndarray, means: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    gaps = features[:, None] - means[None] if len(means) == 1 else None
    if gaps is not None:
        return np.einsum("nkc,cd,nkd->nk", gaps, inverse, gaps, optimize=True)
    return np.stack([(((features - mean) @ inverse) * (features - mean)).sum(axis=1) for mean in means], axis=1)


def _log_sum_exp(logits: np.ndarray) -> np.ndarray:
    top = logits.max(axis=1)
    return top + np.log(np.exp(logits - top[:, None]).sum(axis=1))


def _unit(features: np.ndarray) -> np.ndarray:
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), TINY)
