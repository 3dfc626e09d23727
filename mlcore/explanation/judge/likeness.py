"""Likeness: how alike a saliency map is to others that ought to be like it, or ought not to be."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np

ALIKE = 0.5  # rank correlation from which two maps count as alike: they share more of their order than they don't


@dataclass(frozen=True)
class Likeness:
    """The mean rank correlation of a map with `n` others, -1 to 1, and the least and the most of them."""

    value: float
    low: float
    high: float
    n: int

    @property
    def alike(self) -> bool:
        """Whether the maps are alike: a mean rank correlation of at least a half."""
        return self.value >= ALIKE

    def to_json(self) -> dict[str, float]:
        """Plain numbers."""
        return asdict(self)


def likeness(correlations: Iterable[float]) -> Likeness:
    """The summary of some rank correlations."""
    values = np.asarray(list(correlations), "float64")
    return Likeness(float(values.mean()), float(values.min()), float(values.max()), len(values))
