"""Fréchet distance (as in FID) between two sets of features (Heusel et al. 2017, arXiv:1706.08500, eq. 6)."""

import numpy as np


def frechet(one: np.ndarray, other: np.ndarray) -> float:
    """|m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^½) of features (N, D) and (M, D), 0 for equal sets.

    The paper takes features of an Inception network; here they are those of a classifier of the same data, so the
    number is named for that classifier and can't be compared with published FIDs. It falls as N grows: compare
    only at the same N. The root is taken of the symmetric C1^½ C2 C1^½, which has the same trace and no imaginary part.
    """
    means = one.mean(axis=0, dtype="float64"), other.mean(axis=0, dtype="float64")
    root = _root(_covariance(one))
    inner = root @ _covariance(other) @ root
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh((inner + inner.T) / 2), 0)).sum()
    spread = np.trace(_covariance(one)) + np.trace(_covariance(other)) - 2 * cross
    return float(max(0.0, ((means[0] - means[1]) ** 2).sum() + spread))


def _covariance(features: np.ndarray) -> np.ndarray:
    return np.atleast_2d(np.cov(features.astype("float64"), rowvar=False))


def _root(symmetric: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(symmetric)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
