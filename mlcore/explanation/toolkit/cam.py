"""Class activation maps: heat from the feature maps of one layer, or averaged over layers with maps of many sizes."""

from collections.abc import Callable

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.score import Score
from mlcore.library.class_map import upscale
from mlcore.settings import Settings, choice, number


class CamSettings(Settings):
    layer: str | None = choice(None, "Layer whose feature map is used; empty for the last one", expert=True)
    scales: int = number(1, 1, 6, "Sizes of feature map to average: that of the layer, and finer ones before it")


def cam(settings: CamSettings, score: Score, picture: np.ndarray, weigh: Callable[[str], np.ndarray]) -> Attribution:
    """The heat of the chosen layers in the picture's size, with straight lines between places.

    `weigh` gives a layer's places float32 (h, w), 0 and above. One layer's heat stays as it is. Of several, each
    is divided by its maximum before the average, since slopes shrink towards the first layers.
    """
    layers = chosen_layers(score, settings)
    maps = [weigh(layer) for layer in layers]
    levels = maps if len(maps) == 1 else [each / (each.max(initial=0) or 1) for each in maps]
    heat = np.mean([upscale(each, *picture.shape[:2]) for each in levels], axis=0)
    facts: dict[str, float | str] = {
        "layer": " + ".join(layers),
        "map_size": " + ".join(f"{each.shape[1]} x {each.shape[0]}" for each in maps),
        "places_in_favour": float(np.mean([(each > 0).mean() for each in maps])),
    }
    return Attribution(heat, diagnostics=facts)


def chosen_layers(score: Score, settings: CamSettings) -> list[str]:
    """The layer, then the last one before it of each further size: as many sizes as wanted and there are."""
    chosen = score.feature_layer(settings.layer or None)
    maps = {each.name: each.shape[-3:-1] for each in score.layers}
    layers: dict[tuple[int, ...] | None, str] = {maps.get(chosen): chosen}  # by the size of their maps
    before = list(maps)[: list(maps).index(chosen)] if chosen in maps else []
    for name in reversed(before):
        layers.setdefault(maps[name], name)
    return list(layers.values())[: settings.scales]


def sloped(score: Score, picture: np.ndarray, target: int, layer: str) -> tuple[np.ndarray, np.ndarray]:
    """A layer's features of one picture and their slopes, both float32 (h, w, C)."""
    features, slopes = score.feature_gradient(picture[None], target, layer)
    return features[0], slopes[0]
