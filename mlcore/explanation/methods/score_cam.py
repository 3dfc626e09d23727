"""Score-CAM: class activation map without gradients (Wang et al. 2019, arXiv:1910.01279)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit import perturbation
from mlcore.explanation.toolkit.cam import CamSettings, cam, chosen_layers
from mlcore.library.class_map import upscale
from mlcore.progress import Progress, part, silent
from mlcore.settings import number


class ScoreCamSettings(CamSettings):
    most: int = number(256, 1, 4096, "Feature maps to try, those that vary most over the picture first")
    baseline: float = number(0.0, 0.0, 255.0, "Grey level that hides the picture: 0 black, 255 white")


@methods.add("score-cam", "Score-CAM", ScoreCamSettings, traits=("coarse", "slow", "reports"))
def score_cam(
    settings: ScoreCamSettings, score: Score, picture: np.ndarray, target: int, progress: Progress = silent
) -> Attribution:
    """Which regions speak for the class, found without gradients by showing one feature map's region at a time.

    Algorithm 1: each map, scaled to 0..1 and to the picture's size, is a mask; the softmax over all maps of how far
    the masked picture raises the score is the map's weight; the weighted maps are summed, negative places set to 0.
    `maps_that_count` is how many maps share the weight (1 / sum of squares): with few, the map is that of these few.
    """
    plain = np.full_like(picture, settings.baseline)
    layers = chosen_layers(score, settings)
    counts: dict[str, float | str] = {}

    def weigh(layer: str) -> np.ndarray:
        features = score.features(picture[None], layer)[0]
        features = features[..., _varying(features)[: settings.most]]
        done = layers.index(layer)
        weights = _softmax(_raised(score, picture, plain, target, features, part(progress, done, len(layers))))
        counts.setdefault("maps_that_count", float(1 / (weights**2).sum()) if len(weights) else 0.0)
        return np.maximum(features @ weights, 0)

    attribution = cam(settings, score, picture, weigh)
    return Attribution(attribution.heat, diagnostics=attribution.diagnostics | counts)


def _varying(features: np.ndarray) -> np.ndarray:
    """The maps that aren't the same everywhere, those with the widest range first."""
    ranges = np.ptp(features, axis=(0, 1))
    order = np.argsort(-ranges, kind="stable")
    return order[ranges[order] > 0]


def _raised(
    score: Score, picture: np.ndarray, plain: np.ndarray, target: int, features: np.ndarray, progress: Progress
) -> np.ndarray:
    """How far each map, as a mask, raises the score above that of the plain picture: float64 (C,)."""
    low, high = features.min(axis=(0, 1)), features.max(axis=(0, 1))
    masks = np.moveaxis((features - low) / (high - low), -1, 0)

    def kept(part: slice) -> np.ndarray:
        return np.stack([upscale(mask, *picture.shape[:2]) for mask in masks[part]])

    raised = perturbation.scores(score, target, picture, plain, len(masks), kept, progress)
    return raised - score.values(plain[None], target)


def _softmax(values: np.ndarray) -> np.ndarray:
    weights = np.exp(values - values.max(initial=-np.inf))
    return weights / weights.sum()
