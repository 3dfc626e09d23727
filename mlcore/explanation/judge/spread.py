"""How far numbers lie apart: 95 % intervals of a mean, of one more draw, and of a correlation."""

from functools import lru_cache
from math import atanh, sqrt, tanh

import numpy as np
import numpy.typing as npt

from mlcore.intervals import Interval

CONFIDENCE = 0.95
NORMAL = 1.959964  # the standard normal's 97.5 % point


def of_mean(values: npt.ArrayLike) -> Interval:
    """The mean of some values with Student's t interval; one value alone has no bounds but itself."""
    numbers = np.asarray(values, "float64")
    if not len(numbers):
        return Interval(None, 0.0, 0.0, 0)
    mean, reach = float(numbers.mean()), 0.0
    if len(numbers) > 1:
        reach = student(len(numbers) - 1) * float(numbers.std(ddof=1)) / sqrt(len(numbers))
    return Interval(mean, mean - reach, mean + reach, len(numbers))


def of_one_more(values: npt.ArrayLike) -> Interval:
    """The mean of some values, and the bounds that one more of their kind keeps to in 19 of 20 cases.

    Nothing is supposed of their distribution: of n + 1 draws each is as likely to be the least, so the bounds are
    the least and the greatest of 39 values, the second ones of 79 and so on; fewer values promise less.
    """
    ordered = np.sort(np.asarray(values, "float64"))
    aside = max(1, int((1 - CONFIDENCE) / 2 * (len(ordered) + 1) + 1e-9))
    return Interval(float(ordered.mean()), float(ordered[aside - 1]), float(ordered[-aside]), len(ordered))


def of_correlation(correlation: float, n: int) -> Interval:
    """A correlation of n pairs with Fisher's interval (Fisher 1921, Metron 1:3)."""
    inside = float(np.clip(correlation, -1 + 1e-12, 1 - 1e-12))
    reach = NORMAL / sqrt(n - 3) if n > 3 else float("inf")
    low, high = tanh(atanh(inside) - reach), tanh(atanh(inside) + reach)
    return Interval(correlation, min(low, correlation), max(high, correlation), n)


@lru_cache
def student(degrees: int, confidence: float = CONFIDENCE) -> float:
    """The bound that |t| of so many degrees of freedom keeps to with that confidence.

    With t = sqrt(degrees) tan(angle) the density becomes cos(angle)^(degrees - 1), which is summed up here.
    """
    angles = np.linspace(0, np.pi / 2, 200_001)
    density = np.cos(angles) ** (degrees - 1)
    share = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return float(sqrt(degrees) * np.tan(np.interp(confidence, share / share[-1], angles)))
