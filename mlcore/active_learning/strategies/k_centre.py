"""Diversity alone: a core set, which leaves no picture far from a labelled one."""

import numpy as np

from mlcore.active_learning.distances import farthest_first, from_row, nearest
from mlcore.active_learning.pool import Pool
from mlcore.active_learning.strategies import strategies
from mlcore.settings import Settings


@strategies.add("k-centre", "Farthest from all that is labelled")
def k_centre(settings: Settings, pool: Pool, count: int, random: np.random.Generator) -> np.ndarray:
    """Each picture the farthest from every labelled or chosen one (Sener and Savarese 2018, arXiv:1708.00489)."""
    points = pool.points[pool.candidates]
    far = nearest(points, pool.points[pool.labelled])[1] if pool.labelled.any() else random.random(len(points))
    return pool.candidates[farthest_first(from_row(points), far, count)]
