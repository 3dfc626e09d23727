"""Gradient: the saliency map (Simonyan et al. 2013, arXiv:1312.6034)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.settings import Settings


class GradientSettings(Settings):
    """There is nothing to set."""


@methods.add("gradient", "Gradient", GradientSettings)
def gradient(settings: GradientSettings, score: Score, picture: np.ndarray, target: int) -> Attribution:
    """How strongly the score reacts when one pixel changes a little.

    The heat is the largest |dz/dx| of a pixel's three colours, as in section 3.1 of the paper.
    """
    values = score.gradient(picture[None], target)[0]
    return Attribution(np.abs(values).max(axis=-1), values)
