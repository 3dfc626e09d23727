"""Integrated gradients: path attribution (Sundararajan et al. 2017, arXiv:1703.01365)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit.path import completeness_gap, path_integral
from mlcore.progress import Progress, silent
from mlcore.settings import Settings, number


class IntegratedGradientsSettings(Settings):
    steps: int = number(50, 2, 1000, "Steps on the way from the plain picture to yours; more are more exact")
    baseline: float = number(0.0, 0.0, 255.0, "Grey level of the plain picture to start from: 0 black, 255 white")


@methods.add(
    "integrated-gradients",
    "Integrated gradients",
    IntegratedGradientsSettings,
    traits=("signed", "complete", "reports"),
)
def integrated_gradients(
    settings: IntegratedGradientsSettings, score: Score, picture: np.ndarray, target: int, progress: Progress = silent
) -> Attribution:
    """What each pixel adds to the score on the way from a plain picture to this one.

    Eq. 1 by the trapezoid rule, summed over colours. `completeness_gap` is how far the sum of the heat is from
    the difference in score, as a share of that difference (the paper's axiom says 0).
    """
    start = np.full_like(picture, settings.baseline)

    def path(shares: np.ndarray) -> np.ndarray:
        return start + shares[:, None, None, None] * (picture - start)

    values = path_integral(score, path, settings.steps, target, progress)
    before, after = score.values(np.stack([start, picture]), target).tolist()
    facts = {"completeness_gap": completeness_gap(values, before, after), "score_of_the_plain_picture": before}
    return Attribution(values.sum(axis=-1), values, facts)
