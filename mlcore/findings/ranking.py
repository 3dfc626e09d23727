"""Ranking: how well a score tells some pictures from others."""

import numpy as np


def auroc(scores: np.ndarray, own: np.ndarray) -> float:
    """The chance that a picture of the class has a higher score than another, ties counting half (Hanley 1982)."""
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place.reshape(-1)]
    positive, negative = int(own.sum()), int((~own).sum())
    return float((ranks[own].sum() - positive * (positive + 1) / 2) / (positive * negative))
