"""What a strategy of active learning chooses from: where pictures lie, which are labelled, what a head answers."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

AXES = 64  # principal axes that distances are measured along; more of them add mostly noise
MEASURED = 2_000  # pictures that say where those axes lie


@dataclass(frozen=True, eq=False)
class Pool:
    """All pictures: points float32 (N, D) of length 1, labelled bool (N,), groups of near copies int (N,).

    `logits` float32 (N, K) are a head's scores of every picture; None before there is a head.
    """

    points: np.ndarray
    labelled: np.ndarray
    groups: np.ndarray
    logits: np.ndarray | None = None

    @cached_property
    def candidates(self) -> np.ndarray:
        """Rows that may be asked for: of each group of near copies the first, where none of them is labelled."""
        done = np.isin(self.groups, self.groups[self.labelled])
        first = np.zeros(len(self.groups), bool)
        first[np.unique(self.groups, return_index=True)[1]] = True
        return np.flatnonzero(first & ~done)

    @property
    def scores(self) -> np.ndarray:
        """The head's scores (N, K); asking where there is no head is a mistake of ours and raises ValueError."""
        if self.logits is None:
            raise ValueError("There is no head yet.")
        return self.logits


def points_of(features: np.ndarray, axes: int = AXES) -> np.ndarray:
    """Features (N, C) along their principal axes, each picture at distance 1 from the middle: float32 (N, D)."""
    centred = np.asarray(features, "float32") - features.mean(axis=0, dtype="float64").astype("float32")
    if centred.shape[1] > axes:
        centred = centred @ _principal(centred[np.random.default_rng(0).permutation(len(centred))[:MEASURED]], axes)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.divide(centred, lengths, out=np.zeros_like(centred), where=lengths > 0)


def _principal(centred: np.ndarray, count: int) -> np.ndarray:
    """The main axes (C, count) of features (N, C), by whichever of the two products is smaller."""
    if len(centred) >= centred.shape[1]:
        return np.linalg.eigh(centred.T @ centred)[1][:, : -count - 1 : -1]
    axes = centred.T @ np.linalg.eigh(centred @ centred.T)[1][:, : -count - 1 : -1]
    return axes / np.maximum(np.linalg.norm(axes, axis=0), 1e-12)
