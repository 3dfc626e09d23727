"""Kernel inception distance (KID) between two sets of features (Bińkowski et al. 2018, arXiv:1801.01401)."""

import numpy as np


def kid(one: np.ndarray, other: np.ndarray) -> float:
    """Unbiased squared MMD of features (N, D) and (M, D) with the kernel (x·y / D + 1)³; around 0 for equal sources.

    The features are those of a classifier or of pixels here, not an Inception network's, so the number can't be
    compared with published KIDs. Unlike the Fréchet distance its expectation doesn't depend on N; it can be
    slightly negative.
    """
    within_one, within_other, across = _kernel(one, one), _kernel(other, other), _kernel(one, other)
    n, m = len(one), len(other)
    own = (within_one.sum() - np.trace(within_one)) / (n * (n - 1))
    theirs = (within_other.sum() - np.trace(within_other)) / (m * (m - 1))
    return float(own + theirs - 2 * across.mean())


def _kernel(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one.astype("float64") @ other.astype("float64").T / one.shape[1] + 1) ** 3
