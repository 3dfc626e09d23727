"""Blur integrated gradients (Xu et al. 2020, arXiv:2004.03383)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit.blur import blurred
from mlcore.explanation.toolkit.path import completeness_gap, path_integral
from mlcore.progress import Progress, silent
from mlcore.settings import Settings, number


class BlurIntegratedGradientsSettings(Settings):
    steps: int = number(50, 2, 1000, "Steps on the way from the blurred picture to yours; more are more exact")
    blur: float = number(0.25, 0.01, 2.0, "Spread of the strongest blur, as a share of the picture's longer side")


@methods.add(
    "blur-ig", "Blur integrated gradients", BlurIntegratedGradientsSettings, traits=("signed", "complete", "reports")
)
def blur_integrated_gradients(
    settings: BlurIntegratedGradientsSettings,
    score: Score,
    picture: np.ndarray,
    target: int,
    progress: Progress = silent,
) -> Attribution:
    """What each pixel adds to the score while the picture comes into focus; no plain colour has to be chosen.

    Eq. 5: gradients along a path of ever less blurred pictures, times the change of the picture, by the trapezoid rule,
    summed over colours. The spread falls with the square of the way left, because the last, small spreads change the
    picture most. `completeness_gap` is how far the sum of the heat is from the difference in score between the
    picture and its strongest blur, as a share of that difference.
    """
    widest = settings.blur * max(picture.shape[:2])

    def path(shares: np.ndarray) -> np.ndarray:
        return blurred(picture, widest * (1 - shares) ** 2)

    values = path_integral(score, path, settings.steps, target, progress)
    ends = np.concatenate([blurred(picture, [widest]), picture[None]])
    before, after = score.values(ends, target).tolist()
    facts = {"completeness_gap": completeness_gap(values, before, after), "score_of_the_plain_picture": before}
    return Attribution(values.sum(axis=-1), values, facts)
