"""Typical pictures: what to begin with, while a head knows too little to be asked."""

import numpy as np

from mlcore.active_learning.distances import k_means
from mlcore.active_learning.pool import Pool
from mlcore.active_learning.strategies import strategies
from mlcore.settings import Settings, number


class TypicalSettings(Settings):
    most: int = number(500, 2, 5000, "Clusters at the most")


@strategies.add("typical", "Typical of a kind without a label", TypicalSettings)
def typical(settings: TypicalSettings, pool: Pool, count: int, random: np.random.Generator) -> np.ndarray:
    """The middle picture of each of the largest clusters that hold no label.

    As TypiClust (Hacohen et al. 2022, arXiv:2202.02794), which takes the densest picture in place of the middle one.
    """
    rows = np.union1d(pool.candidates, np.flatnonzero(pool.labelled))
    cluster, far = k_means(pool.points[rows], min(settings.most, int(pool.labelled.sum()) + count), random)
    labels, sizes = np.bincount(cluster[pool.labelled[rows]], minlength=len(rows)), np.bincount(cluster)
    far[pool.labelled[rows]] = np.inf
    order = np.lexsort((far, -sizes[cluster], labels[cluster]))
    middles = order[np.sort(np.unique(cluster[order], return_index=True)[1])]
    return rows[middles[np.isfinite(far[middles])]][:count]
