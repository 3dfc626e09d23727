"""Grad-CAM++: class activation map for several objects (Chattopadhyay et al. 2017, arXiv:1710.11063)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit.cam import CamSettings, cam, sloped


@methods.add("grad-cam++", "Grad-CAM++", CamSettings, traits=("coarse",))
def grad_cam_plus_plus(settings: CamSettings, score: Score, picture: np.ndarray, target: int) -> Attribution:
    """Which regions speak for the class, finding several objects of it more evenly than Grad-CAM.

    Eq. 5 and 19: a map's weight is the sum over its places of alpha * max(g, 0), alpha = g^2 / (2 g^2 + g^3 A) with
    the slope g of a place and the sum A of the map. That is 1 / (2 + g A), which needs no care where g is 0.
    The paper's maps come from a ReLU; of others only the part above 0 counts into A, lest the fraction have a pole.
    `places_in_favour` is the share of places above 0.
    """

    def weigh(layer: str) -> np.ndarray:
        features, slopes = sloped(score, picture, target, layer)
        in_favour = np.maximum(slopes, 0)
        alpha = 1 / (2 + in_favour * np.maximum(features, 0).sum(axis=(0, 1)))
        return np.maximum(features @ (alpha * in_favour).sum(axis=(0, 1)), 0)

    return cam(settings, score, picture, weigh)
