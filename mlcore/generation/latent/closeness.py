"""Closeness of an inversion: whether a picture is near to what a generator makes, by how close its own ones lie."""

from typing import Literal

import numpy as np

from mlcore.generation.generator import Generator
from mlcore.generation.latent.inversion import differences

COMPARED, AMONG = 48, 1000  # made pictures, and among how many others each one's nearest is looked for
NEAR = 0.6  # of the usual distance

Verdict = Literal["near", "alike", "far"]


def usual_distance(generator: Generator, weights: np.ndarray | None = None, seed: int = 0) -> float:
    """The median distance of a made picture to the nearest of a thousand others, in the places that weights (h, w) say.

    Root mean square of levels 0..1, as the errors of an inversion.
    """
    pictures = generator.sample(AMONG + COMPARED, seed)
    weights = np.ones(pictures.shape[1:3], "float32") if weights is None else weights
    compared, others = pictures[:COMPARED].astype("float32"), pictures[COMPARED:]
    return float(np.median([differences(others, picture, weights).min() for picture in compared]))


def verdict(error: float, usual: float) -> Verdict:
    """Near; no nearer than one made picture is to the next, but alike; or farther than that."""
    return "near" if error <= NEAR * usual else "alike" if error <= usual else "far"
