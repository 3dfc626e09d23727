"""Precision and recall, density and coverage of generated pictures, judged by nearest neighbours of features."""

from dataclasses import dataclass

import numpy as np

NEIGHBOURS = 5
BLOCK = 512  # rows of distances in memory at a time


@dataclass(frozen=True)
class PrecisionRecall:
    """Shares from 0 to 1 (density can pass 1).

    precision: made pictures near some real one; recall: real pictures near some made one (Kynkäänniemi et al.
    2019, arXiv:1904.06991). density: how many real neighbourhoods a made picture lies in, over k; coverage: real
    pictures with a made one in their neighbourhood (Naeem et al. 2020, arXiv:2002.09797).
    """

    precision: float
    recall: float
    density: float
    coverage: float


def precision_recall(real: np.ndarray, fake: np.ndarray, neighbours: int = NEIGHBOURS) -> PrecisionRecall:
    """Precision, recall, density and coverage of features real (N, D) and fake (M, D), of made pictures."""
    radius_real, radius_fake = _radii(real, neighbours), _radii(fake, neighbours)
    inside_real, inside_fake = np.zeros(len(fake)), np.zeros(len(real), bool)
    covered = np.zeros(len(real), bool)
    for start in range(0, len(real), BLOCK):
        rows = slice(start, start + BLOCK)
        apart = distances(real[rows], fake)
        within = apart <= radius_real[rows, None]
        inside_real += within.sum(axis=0)
        inside_fake[rows] = (apart <= radius_fake[None]).any(axis=1)
        covered[rows] = within.any(axis=1)
    return PrecisionRecall(
        precision=float((inside_real > 0).mean()),
        recall=float(inside_fake.mean()),
        density=float(inside_real.mean() / neighbours),
        coverage=float(covered.mean()),
    )


def distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Euclidean distances (N, M) of rows (N, D) and (M, D)."""
    one, other = one.astype("float64"), other.astype("float64")
    squared = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None] - 2 * one @ other.T
    return np.sqrt(np.maximum(squared, 0))


def _radii(features: np.ndarray, neighbours: int) -> np.ndarray:
    """Each row's distance to its k-th nearest other row."""
    blocks = [features[at : at + BLOCK] for at in range(0, len(features), BLOCK)]
    return np.concatenate(
        [np.partition(distances(block, features), neighbours, axis=1)[:, neighbours] for block in blocks]
    )
