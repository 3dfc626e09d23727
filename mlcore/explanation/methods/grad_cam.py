"""Grad-CAM (Selvaraju et al. 2016, arXiv:1610.02391)."""

import numpy as np

from mlcore.class_map import upscale
from mlcore.explanation.methods import Attribution, methods
from mlcore.settings import Settings, choice


class GradCamSettings(Settings):
    layer: str | None = choice(None, "Layer whose feature map is used; empty for the last one", expert=True)


@methods.add("grad-cam", "Grad-CAM", GradCamSettings, traits=("coarse",))
def grad_cam(settings: GradCamSettings, score, picture: np.ndarray, target: int) -> Attribution:
    """Which regions speak for the class, as seen by the last feature map of the network.

    Eq. 1 and 2: the maps of a layer, weighted by their mean gradient, summed, negative places set to 0; then
    brought to the picture's size with straight lines. `places_in_favour` is the share above 0: where it is 0,
    the method found nothing that speaks for the class.
    """
    layer = score.feature_layer(settings.layer or None)
    features, slope = (each[0] for each in score.feature_gradient(picture[None], target, layer))
    coarse = np.maximum(features @ slope.mean(axis=(0, 1)), 0)
    height, width = coarse.shape
    facts = {"layer": layer, "map_size": f"{width} x {height}", "places_in_favour": float((coarse > 0).mean())}
    return Attribution(upscale(coarse, *picture.shape[:2]), diagnostics=facts)
