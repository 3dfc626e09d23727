"""Uncertainty sampling: the pictures that the head is least sure of (Lewis and Gale 1994, SIGIR; Settles 2009)."""

import numpy as np

from mlcore.active_learning.pool import Pool
from mlcore.active_learning.strategies import strategies
from mlcore.library.classifier import softmax
from mlcore.settings import Settings


@strategies.add("margin", "Two classes nearly level", traits=("needs-head",))
def margin(settings: Settings, pool: Pool, count: int, random: np.random.Generator) -> np.ndarray:
    """Pictures whose two likeliest classes are nearest to each other in probability (Scheffer et al. 2001)."""
    return pool.candidates[np.argsort(margins(pool), kind="stable")[:count]]


@strategies.add("entropy", "Least certain in all", traits=("needs-head",))
def entropy(settings: Settings, pool: Pool, count: int, random: np.random.Generator) -> np.ndarray:
    """Pictures whose probabilities are spread most evenly over the classes (Shannon 1948)."""
    shares = softmax(pool.scores[pool.candidates])
    certainty = (shares * np.log(np.maximum(shares, 1e-30))).sum(axis=1)
    return pool.candidates[np.argsort(certainty, kind="stable")[:count]]


def margins(pool: Pool) -> np.ndarray:
    """By how much the likeliest class of each candidate leads over the second."""
    shares = np.sort(softmax(pool.scores[pool.candidates]), axis=1)
    return shares[:, -1] - shares[:, -2]
