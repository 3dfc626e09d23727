"""Memorisation: does a generator invent, or copy its training pictures?"""

import numpy as np

from mlcore.data import Split
from mlcore.data.excerpt import Part
from mlcore.generation.measure.precision_recall import distances

QUERIES = 200
COMPARED = 10_000  # training pictures


def nearest(
    pictures: np.ndarray, split: Split | Part, limit: int = COMPARED, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """For each picture the index of the nearest of the training pictures at hand, and how far that is.

    Distances are by pixels: L2 of levels 0..1, per pixel.
    """
    chosen = np.sort(np.random.default_rng(seed).permutation(split.at_hand)[:limit])
    best, at = np.full(len(pictures), np.inf), np.zeros(len(pictures), int)
    for start in range(0, len(chosen), 1000):
        part = chosen[start : start + 1000]
        apart = distances(_flat(pictures), _flat(split.read(part)))
        closest = apart.argmin(axis=1)
        nearer = apart[np.arange(len(pictures)), closest] < best
        best[nearer] = apart[np.arange(len(pictures)), closest][nearer]
        at[nearer] = part[closest[nearer]]
    return at, best


def memorisation(fake: np.ndarray, train: Split, real: np.ndarray, seed: int = 0) -> float:
    """How near made pictures are to training pictures, over how near real test pictures are to them.

    About 1 or more: as new as unseen real pictures. Well below, such as 0.6: copies.
    """
    ours = nearest(fake[:QUERIES], train, seed=seed)[1].mean()
    theirs = nearest(real[:QUERIES], train, seed=seed)[1].mean()
    return float(ours / theirs) if theirs else 0.0


def _flat(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1).astype("float32") / 255
