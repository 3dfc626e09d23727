"""Distances between points, and two ways to spread over them: farthest first, and k-means from k-means++."""

from collections.abc import Callable

import numpy as np

STEP = 4096  # points at a time, so that memory stays flat
ROUNDS = 10  # of Lloyd's algorithm; clusters that still move a little choose much the same pictures

FromRow = Callable[[int], np.ndarray]  # the squared distances (N,) of all from one of them


def squared(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """The squared distance (N, M) of each of the points (N, D) to each of the centres (M, D)."""
    lengths = (points**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)
    return np.maximum(lengths - 2 * points @ centres.T, 0)


def from_row(points: np.ndarray) -> FromRow:
    """What gives the squared distances (N,) of all points from one of them."""
    return lambda row: squared(points, points[row : row + 1])[:, 0]


def nearest(points: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest centre (N,) of each point, and its squared distance (N,)."""
    parts = [squared(points[at : at + STEP], centres) for at in range(0, len(points), STEP)]
    return np.concatenate([part.argmin(axis=1) for part in parts]), np.concatenate([part.min(axis=1) for part in parts])


def farthest_first(distances: FromRow, far: np.ndarray, count: int) -> np.ndarray:
    """Up to `count` rows, each the farthest from those before it (Gonzalez 1985, TCS 38:293).

    `far` (N,) is how far each row is from what was there before them.
    """
    far, rows = far.astype("float64"), list[int]()
    for _ in range(min(count, len(far))):
        rows.append(int(far.argmax()))
        far = np.minimum(far, distances(rows[-1]))
        far[rows[-1]] = -np.inf
    return np.array(rows, int)


def plus_plus(distances: FromRow, weights: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Up to `count` rows, each drawn by its squared distance from those before it (Arthur and Vassilvitskii 2007).

    The first is drawn by `weights` (N,). What lies on a row that was drawn isn't drawn any more.
    """
    far, rows = weights.astype("float64"), list[int]()
    while len(rows) < count and far.any():
        rows.append(int(random.choice(len(far), p=far / far.sum())))
        far = np.minimum(far, distances(rows[-1])) if len(rows) > 1 else distances(rows[-1]).astype("float64")
        far[rows[-1]] = 0
    return np.array(rows, int)


def k_means(points: np.ndarray, clusters: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The cluster (N,) of each point and its squared distance (N,) from the middle: Lloyd's algorithm."""
    centres = points[plus_plus(from_row(points), np.ones(len(points)), clusters, random)]
    for _ in range(ROUNDS):
        cluster, _ = nearest(points, centres)
        sums, sizes = np.zeros_like(centres), np.bincount(cluster, minlength=len(centres))[:, None]
        np.add.at(sums, cluster, points)
        centres = np.where(sizes > 0, sums / np.maximum(sizes, 1), centres)
    return nearest(points, centres)
