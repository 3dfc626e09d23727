"""Guided backpropagation: saliency through positive slopes (Springenberg et al. 2014, arXiv:1412.6806)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.settings import Settings


class GuidedBackpropSettings(Settings):
    """There is nothing to set."""


@methods.add("guided-backprop", "Guided backprop", GuidedBackpropSettings)
def guided_backprop(settings: GuidedBackpropSettings, score: Score, picture: np.ndarray, target: int) -> Attribution:
    """Sharp outlines of what excites the network, much like an edge detector: pretty, and often not a reason.

    Section 3.4: the gradient in which every ReLU lets only positive slopes back. Adebayo et al. 2018
    (arXiv:1810.03292) found that such maps hardly change when the network's weights are drawn anew, so what they show
    is mostly the picture. Relatives of ReLU follow the same rule with their own slope, on which the paper is silent;
    `guided` counts what was guided, and a network with none is refused. The heat is the largest size of a pixel's
    three colours.
    """
    values = score.guided_gradient(picture[None], target)[0]
    guided = ", ".join(f"{count} {name}" for name, count in sorted(score.rectifiers.items()))
    return Attribution(np.abs(values).max(axis=-1), values, {"guided": guided})
