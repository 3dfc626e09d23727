"""Uncertainty and diversity: unsure pictures that differ from each other."""

import numpy as np

from mlcore.active_learning.distances import farthest_first, from_row
from mlcore.active_learning.pool import Pool
from mlcore.active_learning.strategies import strategies
from mlcore.active_learning.strategies.uncertainty import margins
from mlcore.settings import Settings, number


class DiverseMarginSettings(Settings):
    wider: int = number(10, 1, 100, "Times as many unsure pictures as are asked for, to choose differing ones from")


@strategies.add("diverse-margin", "Unsure, and unlike each other", DiverseMarginSettings, traits=("needs-head",))
def diverse_margin(settings: DiverseMarginSettings, pool: Pool, count: int, random: np.random.Generator) -> np.ndarray:
    """The pictures that are least sure, thinned out to those that are farthest from each other."""
    unsure = np.argsort(margins(pool), kind="stable")[: settings.wider * count]
    rows = pool.candidates[unsure]
    return rows[farthest_first(from_row(pool.points[rows]), np.full(len(rows), np.inf), count)]
