"""Feature maps: what the layers of a network make of a picture, and what its first filters look for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlcore.architectures import words
from mlcore.clips import Clip, fitted
from mlcore.errors import Kind, Refused
from mlcore.explanation.score import Score
from mlcore.images import Picture
from mlcore.library.classifier import Classifier


@dataclass(frozen=True)
class Layer:
    """A layer with feature maps: its name, the size of a map, how many there are, and what it does in a few words."""

    name: str
    height: int
    width: int
    maps: int
    does: str

    @property
    def title(self) -> str:
        """What it does, and its name in the network."""
        return f"{self.does} ({self.name})" if self.does else self.name


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """What a layer makes of a picture: maps float32 (n, h, w), the most active first.

    `channels` are their numbers in the layer, `activity` the mean size of their values, `silent` how many of
    the layer's maps are 0 (or one constant) everywhere for this picture.
    """

    layer: str
    maps: np.ndarray
    channels: np.ndarray
    activity: np.ndarray
    silent: int


def layers(classifier: Classifier) -> list[Layer]:
    """The layers whose feature maps can be looked at, in the order of computation; loads Keras."""
    doing = dict(_doing(classifier.model))
    return [_layer(each.name, each.shape, doing.get(each.name, "")) for each in _score(classifier).layers]


def _layer(name: str, shape: tuple[int, ...], does: str) -> Layer:
    height, width, maps = shape
    return Layer(name, height, width, maps, does)


def feature_maps(
    classifier: Classifier, picture: Picture | Clip | np.ndarray, layer: str | None = None, count: int = 24
) -> FeatureMaps:
    """The most active maps of a layer (the last one by default) for a Picture or uint8 (H, W, 3).

    Raises Refused(unknown-name, not-compatible).
    """
    pixels = fitted(picture, tuple(classifier.card.shape))
    if pixels.ndim == 4:
        raise Refused(Kind.NOT_COMPATIBLE, "Feature maps are shown of single pictures; this model takes clips.")
    score = _score(classifier)
    name = score.feature_layer(layer)
    maps = np.moveaxis(score.features(pixels[None].astype("float32"), name)[0], -1, 0)
    return most_active(name, maps, count)


def most_active(layer: str, maps: np.ndarray, count: int) -> FeatureMaps:
    """The `count` maps of (n, h, w) with the largest mean size, largest first."""
    activity = np.abs(maps).mean(axis=(1, 2))
    order = np.argsort(-activity, kind="stable")[:count]
    silent = int((np.ptp(maps, axis=(1, 2)) == 0).sum())
    return FeatureMaps(layer, maps[order], order, activity[order], silent)


def first_filters(classifier: Classifier) -> np.ndarray:
    """The filters of the first convolution over the picture's colours: float32 (n, h, w, 3), as they are.

    Raises Refused(not-compatible) for a network without one.
    """
    for layer in _flat(classifier.model):
        for weights in layer.weights:
            if len(weights.shape) == 4 and weights.shape[2] == 3:
                return np.moveaxis(np.asarray(weights, "float32"), -1, 0)
    raise Refused(
        Kind.NOT_COMPATIBLE, "This network has no convolution over the colours of a picture, so no filters to look at."
    )


def as_picture(filter: np.ndarray) -> np.ndarray:
    """A filter (h, w, 3) as a picture, uint8: grey is 0, brighter is above, each filter to its own largest value."""
    largest = float(np.abs(filter).max()) or 1.0
    return np.rint(127.5 + 127.5 * filter / largest).astype("uint8")


def map_as_picture(values: np.ndarray) -> np.ndarray:
    """A feature map (h, w) as a grey picture, uint8 (h, w, 3): black is its smallest value, white its largest."""
    low, high = float(values.min()), float(values.max())
    grey = np.rint(255 * (values - low) / ((high - low) or 1.0)).astype("uint8")
    return np.repeat(grey[..., None], 3, axis=2)


def _flat(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        yield from _flat(layer) if getattr(layer, "layers", None) else [layer]


def _doing(model: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """What each layer does, by its full name; layers of networks within the network included."""
    for layer in model.layers:
        yield path + layer.name, words.words(layer)
        yield from _doing(layer, f"{path}{layer.name}/") if words.kind(layer) == "network" else ()


def _score(classifier: Classifier) -> Score:
    from mlcore.backend.gradients import score_of

    return score_of(classifier.model)
