"""Grad-CAM: gradient-weighted class activation map (Selvaraju et al. 2016, arXiv:1610.02391)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit.cam import CamSettings, cam, sloped


@methods.add("grad-cam", "Grad-CAM", CamSettings, traits=("coarse",))
def grad_cam(settings: CamSettings, score: Score, picture: np.ndarray, target: int) -> Attribution:
    """Which regions speak for the class, as seen by the last feature map of the network.

    Eq. 1 and 2: the maps of a layer, weighted by their mean gradient, summed, negative places set to 0; then
    brought to the picture's size with straight lines. `places_in_favour` is the share above 0: where it is 0,
    the method found nothing that speaks for the class.
    """

    def weigh(layer: str) -> np.ndarray:
        features, slopes = sloped(score, picture, target, layer)
        return np.maximum(features @ slopes.mean(axis=(0, 1)), 0)

    return cam(settings, score, picture, weigh)
