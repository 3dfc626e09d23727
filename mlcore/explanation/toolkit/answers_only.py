"""The score of a model that has shrunk to a LiteRT file: it answers, and has no gradients."""

from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

import numpy as np

from mlcore.errors import Kind, Refused, unknown
from mlcore.library.classifier import Classifier, softmax

MAP = "last map"


@dataclass(frozen=True)
class Map:
    """The feature map that a small copy gives beside its answers."""

    name: str
    shape: tuple[int, ...]


class SmallScore:
    """A Score without gradients, for methods that ask for answers and features."""

    background: np.ndarray | None = None
    background_origin = ""
    rectifiers: ClassVar[dict[str, int]] = {}

    def __init__(self, classifier: Classifier, temperature: float | None = None) -> None:
        self._classifier, self._temperature = classifier, temperature
        self.shape: tuple[int, ...] = tuple(classifier.card.shape)

    @property
    def layers(self) -> tuple[Map, ...]:
        """The last feature map, where the copy gives it."""
        maps = self._classifier.small_features(np.zeros((1, *self.shape), "float32"))
        return () if maps is None else (Map(MAP, maps.shape[1:]),)

    def feature_layer(self, layer: str | None = None) -> str:
        """The name of the one map there is; raises Refused for another, or where there is none with several places."""
        if layer not in (None, MAP):
            raise unknown(Kind.UNKNOWN_NAME, "layer with a feature map", layer, [MAP])
        layers = self.layers
        if not layers:
            raise Refused(Kind.NOT_COMPATIBLE, "This small copy gives no feature map, which this method needs.")
        if layers[0].shape[-3:-1] == (1, 1):
            words = (
                "The feature map of this small copy has one place alone and can't tell places apart; choose Occlusion."
            )
            raise Refused(Kind.NOT_COMPATIBLE, words)
        return MAP

    def logits(self, batch: np.ndarray) -> np.ndarray:
        """The scores of all classes: float32 (N, K)."""
        return self._classifier.logits(np.asarray(batch, "float32"))

    def values(self, batch: np.ndarray, target: int) -> np.ndarray:
        """The score of class `target` for each picture: float32 (N,)."""
        logits = self.logits(batch)
        return (logits if self._temperature is None else softmax(logits / self._temperature))[:, target]

    def features(self, batch: np.ndarray, layer: str | None = None) -> np.ndarray:
        """The last feature map: float32 (N, h, w, C)."""
        self.feature_layer(layer)
        return np.asarray(self._classifier.small_features(np.asarray(batch, "float32")))

    def gradient(self, *args: Any, **named: Any) -> NoReturn:
        """Raises Refused: a small copy can't be differentiated."""
        raise Refused(
            Kind.NOT_COMPATIBLE,
            "This model has shrunk to a file that gives answers and no gradients; choose Occlusion, RISE, LIME, "
            "KernelSHAP or Score-CAM.",
        )

    guided_gradient = feature_gradient = with_background = gradient
