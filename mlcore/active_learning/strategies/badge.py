"""Uncertainty and diversity in one: what would move the head most, in differing directions."""

import numpy as np

from mlcore.active_learning.distances import plus_plus
from mlcore.active_learning.pool import Pool
from mlcore.active_learning.strategies import strategies
from mlcore.library.classifier import softmax
from mlcore.settings import Settings


@strategies.add("badge", "What would teach most, in differing ways", traits=("needs-head",))
def badge(settings: Settings, pool: Pool, count: int, random: np.random.Generator) -> np.ndarray:
    """Pictures drawn by k-means++ among the gradients that their likeliest class would give.

    BADGE (Ash et al. 2020, arXiv:1906.03671); a gradient is the outer product of a pull and a point.
    """
    shares = softmax(pool.scores[pool.candidates])
    pull = shares - np.eye(shares.shape[1])[shares.argmax(axis=1)]
    points = pool.points[pool.candidates]
    strength = (pull**2).sum(axis=1) * (points**2).sum(axis=1)

    def distances(row: int) -> np.ndarray:
        products = (pull @ pull[row]) * (points @ points[row])
        return np.maximum(strength + strength[row] - 2 * products, 0)

    return pool.candidates[plus_plus(distances, strength, count, random)]
