"""Whether a picture is near to what a generator makes, judged by how close together its own pictures lie."""

from typing import Literal

import numpy as np

from mlcore.generation.latent.inversion import differences

COMPARED, AMONG = 48, 1000  # made pictures, and among how many others each one's nearest is looked for
NEAR = 0.6  # of the usual distance

Verdict = Literal["near", "alike", "far"]


def usual_distance(generator, weights: np.ndarray | None = None, seed: int = 0) -> float:
    """The median distance of a made picture to the nearest of a thousand others, in the places that weights (h, w) say.

    Root mean square of levels 0..1, as the errors of a search.
    """
    made = generator.sample(AMONG + COMPARED, seed)
    weights = np.ones(made.shape[1:3], "float32") if weights is None else weights
    others = made[COMPARED:]
    return float(np.median([differences(others, one.astype("float32"), weights).min() for one in made[:COMPARED]]))


def verdict(error: float, usual: float) -> Verdict:
    """Near; no nearer than one made picture is to the next, but alike; or farther than that."""
    return "near" if error <= NEAR * usual else "alike" if error <= usual else "far"
