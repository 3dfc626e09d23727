"""How alike two saliency maps are: their rank correlation."""

import numpy as np


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's rank correlation of two maps, -1 to 1; equals share a rank.

    Two maps without any difference between their places agree (1); of one such map nothing can be said (0).
    """
    ranks = [_ranks(np.ravel(values)) for values in (one, other)]
    centred = [values - values.mean() for values in ranks]
    sizes = [float(np.sqrt((values**2).sum())) for values in centred]
    if not all(sizes):
        return 0.0 if any(sizes) else 1.0
    return float(np.clip((centred[0] * centred[1]).sum() / (sizes[0] * sizes[1]), -1, 1))


def _ranks(values: np.ndarray) -> np.ndarray:
    _, member, count = np.unique(values, return_inverse=True, return_counts=True)
    return (count.cumsum() - (count + 1) / 2)[member]
