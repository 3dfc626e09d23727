"""Integrated gradients (Sundararajan et al. 2017, arXiv:1703.01365)."""

import numpy as np

from mlcore.explanation.methods import Attribution, methods
from mlcore.settings import Settings, number

GROUP = 64  # steps in memory at a time


class IntegratedGradientsSettings(Settings):
    steps: int = number(50, 2, 1000, "Steps on the way from the plain picture to yours; more are more exact")
    baseline: float = number(0.0, 0.0, 255.0, "Grey level of the plain picture to start from: 0 black, 255 white")


@methods.add("integrated-gradients", "Integrated gradients", IntegratedGradientsSettings, traits=("signed", "complete"))
def integrated_gradients(settings: IntegratedGradientsSettings, score, picture: np.ndarray, target: int) -> Attribution:
    """What each pixel adds to the score on the way from a plain picture to this one.

    Eq. 1 by the trapezoid rule, summed over colours. `completeness_gap` is how far the sum of the heat is from
    the difference in score, as a share of that difference (the paper's axiom says 0).
    """
    start = np.full_like(picture, settings.baseline)
    along = np.linspace(0, 1, settings.steps + 1, dtype="float32")
    weights = np.full(settings.steps + 1, 1 / settings.steps, "float32")
    weights[[0, -1]] /= 2
    slope = np.zeros_like(picture)
    for at in range(0, len(along), GROUP):
        part = along[at : at + GROUP, None, None, None]
        slope += np.tensordot(
            weights[at : at + GROUP], score.gradient(start + part * (picture - start), target), axes=1
        )
    values = (picture - start) * slope
    before, after = score.values(np.stack([start, picture]), target).tolist()
    gap = abs(float(values.sum(dtype="float64")) - (after - before)) / (abs(after - before) or 1.0)
    return Attribution(values.sum(axis=-1), values, {"completeness_gap": gap, "score_of_the_plain_picture": before})
