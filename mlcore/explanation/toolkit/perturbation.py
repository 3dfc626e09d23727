"""Perturbation: scores of many copies of one picture with places hidden, a bounded number in memory at a time."""

from collections.abc import Callable, Iterator

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.explanation.score import Score
from mlcore.progress import Progress, silent

GROUP = 128  # copies of up to 64 x 64: what a score takes at once
GROUP_PIXELS = GROUP * 64 * 64


def hidden(picture: np.ndarray, plain: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Copies of a picture float32 (N, H, W, 3) that show `plain` where it isn't kept.

    `kept` (N, H, W) is bool, or a share from 0 to 1 where the two mix.
    """
    kept = kept[..., None]
    return np.where(kept, picture, plain) if kept.dtype == bool else plain + kept * (picture - plain)


def groups(count: int, shape: tuple[int, ...]) -> Iterator[slice]:
    """Slices of `count` copies of a picture of a shape (H, W, 3), each small enough for memory."""
    size = max(1, min(GROUP, GROUP_PIXELS // (shape[0] * shape[1])))
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


def scores(
    score: Score,
    target: int,
    picture: np.ndarray,
    plain: np.ndarray,
    count: int,
    kept: Callable[[slice], np.ndarray],
    progress: Progress = silent,
) -> np.ndarray:
    """The score of `target`, float64 (count,), where copy number i of a picture keeps what `kept` says.

    `kept(part)` gives the masks (n, H, W) of a slice of the copies. `progress` hears the share that is done.
    Raises Refused(non-finite-weights).
    """
    values = np.empty(count)
    for part in groups(count, picture.shape):
        values[part] = finite(score.values(hidden(picture, plain, kept(part)), target))
        progress(part.stop / count)
    return values


def finite(values: np.ndarray) -> np.ndarray:
    """The same numbers; raises Refused(non-finite-weights) when one of them is infinite or no number."""
    if not np.isfinite(values).all():
        raise Refused(
            Kind.NON_FINITE_WEIGHTS,
            "The network gives numbers that aren't finite for this picture, so there is nothing to explain; "
            "train it again, with a lower learning rate if that recurs.",
        )
    return values
