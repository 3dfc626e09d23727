"""Gradients at noisy copies of a picture, for the methods that average over them."""

from collections.abc import Iterator

import numpy as np

from mlcore.explanation.score import Score
from mlcore.explanation.toolkit import perturbation
from mlcore.progress import Progress, silent


def noisy_gradients(
    score: Score,
    picture: np.ndarray,
    target: int,
    spread: float,
    rng: np.random.Generator,
    count: int,
    progress: Progress = silent,
) -> Iterator[np.ndarray]:
    """The gradients at `count` copies of the picture with normal noise, in groups float32 (n, H, W, 3).

    `spread` is the noise's standard deviation in steps of 0..255; NumPy's noise is the same on every backend.
    `progress` hears the share that is done.
    """
    for part in perturbation.groups(count, picture.shape):
        shape = (part.stop - part.start, *picture.shape)
        yield score.gradient(picture + spread * rng.standard_normal(shape, dtype="float32"), target)
        progress(part.stop / count)
