"""Random sampling: the yardstick."""

import numpy as np

from mlcore.active_learning.pool import Pool
from mlcore.active_learning.strategies import strategies
from mlcore.settings import Settings


@strategies.add("random", "At random")
def random(settings: Settings, pool: Pool, count: int, random: np.random.Generator) -> np.ndarray:
    """Pictures drawn by lot; what is measured on them holds for all."""
    return random.permutation(pool.candidates)[:count]
