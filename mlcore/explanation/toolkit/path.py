"""Path integrals: what a picture adds to a score on the way from another picture to it."""

from collections.abc import Callable

import numpy as np

from mlcore.explanation.score import Score
from mlcore.explanation.toolkit import perturbation
from mlcore.progress import Progress, silent

Path = Callable[[np.ndarray], np.ndarray]


def path_integral(score: Score, path: Path, steps: int, target: int, progress: Progress = silent) -> np.ndarray:
    """What each value (H, W, 3) adds to the score along a path of pictures, by the trapezoid rule.

    `path` gives pictures float32 (n, H, W, 3) for float32 shares (n,) of the way: 0 its start, 1 its end. The sum
    over all values nears the difference of the two ends' scores as the steps grow, whatever the path. `progress` hears
    the share that is done.
    """
    shares = np.linspace(0, 1, steps + 1, dtype="float32")
    total = np.zeros(score.shape, "float32")
    last: list[tuple[np.ndarray, np.ndarray]] = []  # point and slope with which the group before ended
    for part in perturbation.groups(len(shares), score.shape):
        points = path(shares[part])
        here = points, score.gradient(points, target)
        points, slopes = (np.concatenate(pair) for pair in zip(*last, here, strict=True)) if last else here
        total = total + ((points[1:] - points[:-1]) * (slopes[1:] + slopes[:-1])).sum(axis=0) / 2
        last = [(points[-1:], slopes[-1:])]
        progress(part.stop / len(shares))
    return total


def completeness_gap(values: np.ndarray, before: float, after: float) -> float:
    """How far the sum of the values is from a difference in score, as a share of that difference."""
    return abs(float(values.sum(dtype="float64")) - (after - before)) / (abs(after - before) or 1.0)
