"""Least squares of many equations, of which a bounded number is in memory at a time."""

from collections.abc import Callable

import numpy as np

from mlcore.progress import Progress, silent

AT_ONCE = 4096  # equations


def least_squares(rows: Callable[[slice], np.ndarray], count: int, progress: Progress = silent) -> np.ndarray:
    """The values (M,) that fit `count` equations best; where they don't decide, the smallest ones.

    `rows(part)` gives equations of a slice, float64 (n, M + 1): the coefficients, and last what they should sum to.
    What counts of those seen so far is a triangle, the R of their QR decomposition (Golub and Van Loan 2013, section
    5.3), which has the same solutions. `progress` hears of each part and may end the work.
    """
    triangle = rows(slice(0, 0))
    for start in range(0, count, AT_ONCE):
        part = slice(start, min(start + AT_ONCE, count))
        triangle = np.asarray(np.linalg.qr(np.concatenate([triangle, rows(part)]), mode="r"))
        progress(1.0)
    return np.linalg.lstsq(triangle[:, :-1], triangle[:, -1])[0]
