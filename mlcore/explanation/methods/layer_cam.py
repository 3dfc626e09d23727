"""LayerCAM: class activation map of any layer (Jiang et al. 2021, doi:10.1109/TIP.2021.3089943)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit.cam import CamSettings, cam, sloped


@methods.add("layer-cam", "LayerCAM", CamSettings, traits=("coarse",))
def layer_cam(settings: CamSettings, score: Score, picture: np.ndarray, target: int) -> Attribution:
    """Which places speak for the class, each weighted on its own: the one CAM that is sharp in early layers, too.

    Eq. 4 to 6: every place of a map is multiplied by its own slope above 0, summed over maps, negative places set
    to 0. The paper joins several layers by their maximum; here `scales` averages them, as in the other CAMs.
    `places_in_favour` is the share of places above 0.
    """

    def weigh(layer: str) -> np.ndarray:
        features, slopes = sloped(score, picture, target, layer)
        return np.maximum((np.maximum(slopes, 0) * features).sum(axis=-1), 0)

    return cam(settings, score, picture, weigh)
