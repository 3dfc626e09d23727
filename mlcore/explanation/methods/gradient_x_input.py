"""Gradient x input (Shrikumar et al. 2016, arXiv:1605.01713)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit.path import completeness_gap
from mlcore.settings import Settings, number


class GradientXInputSettings(Settings):
    baseline: float = number(0.0, 0.0, 255.0, "Grey level that counts as nothing there: 0 black, 255 white")


@methods.add("gradient-x-input", "Gradient x input", GradientXInputSettings, traits=("signed",))
def gradient_x_input(settings: GradientXInputSettings, score: Score, picture: np.ndarray, target: int) -> Attribution:
    """What each pixel would add to the score if the network answered in straight lines.

    dz/dx times the pixel's distance from the baseline, summed over colours: one step of integrated gradients, right
    for a linear network only. `linearity_gap` says how far from straight this one is: how far the sum of the heat
    is from the difference in score between the picture and a plain one, as a share of that difference.
    """
    plain = np.full_like(picture, settings.baseline)
    values = (picture - plain) * score.gradient(picture[None], target)[0]
    before, after = score.values(np.stack([plain, picture]), target).tolist()
    return Attribution(values.sum(axis=-1), values, {"linearity_gap": completeness_gap(values, before, after)})
