"""Memorisation: does a generator invent, or copy its training pictures?"""

import numpy as np

from mlcore.data import Split
from mlcore.data.excerpt import Part
from mlcore.generation.measure.precision_recall import distances

QUERIES = 200
PART = 1000  # training pictures in memory at a time
SAME = 1e-3  # distances below it are rounding: one level of one of 3,072 values is 4e-3


def nearest(pictures: np.ndarray, split: Split | Part) -> tuple[np.ndarray, np.ndarray]:
    """For each picture the index of the nearest of all training pictures at hand, and how far that is.

    Distances are by pixels: L2 of levels 0..1, per pixel.
    """
    best, at = np.full(len(pictures), np.inf), np.zeros(len(pictures), int)
    for start in range(0, len(split.at_hand), PART):
        part = split.at_hand[start : start + PART]
        apart = distances(_flat(pictures), _flat(split.read(part)))
        closest = apart.argmin(axis=1)
        nearer = apart[np.arange(len(pictures)), closest] < best
        best[nearer] = apart[np.arange(len(pictures)), closest][nearer]
        at[nearer] = part[closest[nearer]]
    return at, np.where(best < SAME, 0.0, best)


def memorisation(fake: np.ndarray, train: Split, real: np.ndarray) -> float:
    """How near made pictures are to training pictures, over how near real test pictures are to them.

    0: copies. About 1 or more: as new as unseen real pictures. What lies between can also be pictures without detail,
    which are near to all others.
    """
    ours = nearest(fake[:QUERIES], train)[1].mean()
    theirs = nearest(real[:QUERIES], train)[1].mean()
    return float(ours / theirs) if theirs else 0.0


def _flat(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1).astype("float32") / 255
