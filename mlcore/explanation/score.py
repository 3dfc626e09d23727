"""The score of a class: all that an explanation method may ask of a network, and who answers for a classifier.

A method takes a score and never a network. So it needs no Keras, can be tried on a score of a few NumPy lines, and
works for whatever answers: a Keras network, one frame of a clip, or a small copy that has no gradients.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from mlcore.explanation.toolkit.answers_only import SmallScore
from mlcore.library.classifier import Classifier


class Layer(Protocol):
    """A layer with a feature map."""

    @property
    def name(self) -> str:
        """What it is asked for by."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Height, width and channels of its map; for clips the number of frames comes first."""


class Score(Protocol):
    """The score of a class for pictures, and what it depends on.

    Pictures are float32 (N, H, W, 3) in 0..255. A score is the logit of a class, or its probability for those who
    asked for it; a gradient is per step of 1 in 255. Where `shape` is (T, H, W, 3), clips stand for pictures
    everywhere, and feature maps have a frame axis, too. A `layer` is by default the last one with a feature map.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the pictures it takes: (H, W, 3)."""

    @property
    def layers(self) -> Sequence[Layer]:
        """The feature maps that can be asked for, in the order of computation."""

    @property
    def rectifiers(self) -> Mapping[str, int]:
        """How many of each kind of rectifier (ReLU and its relatives) the network has, by name."""

    @property
    def background(self) -> np.ndarray | None:
        """What pictures of this network usually look like, float32 (n, H, W, 3); None unless given."""

    @property
    def background_origin(self) -> str:
        """Where the background is from, in words."""

    def with_background(self, pictures: np.ndarray, origin: str) -> "Score":
        """The same score that knows a background."""

    def feature_layer(self, layer: str | None = None) -> str:
        """The layer's full name; raises Refused, with the names there are, for one without a feature map."""

    def logits(self, batch: np.ndarray) -> np.ndarray:
        """The logits of all classes: float32 (N, K)."""

    def values(self, batch: np.ndarray, target: int) -> np.ndarray:
        """The score of class `target` for each picture: float32 (N,)."""

    def gradient(self, batch: np.ndarray, target: int) -> np.ndarray:
        """How each pixel changes the score of its picture: float32 (N, H, W, 3)."""

    def guided_gradient(self, batch: np.ndarray, target: int) -> np.ndarray:
        """The gradient with rectifiers that let only positive slopes back: float32 (N, H, W, 3).

        Raises Refused(not-compatible) for a network without any rectifier.
        """

    def features(self, batch: np.ndarray, layer: str | None = None) -> np.ndarray:
        """The layer's feature maps: float32 (N, h, w, C)."""

    def feature_gradient(
        self, batch: np.ndarray, target: int, layer: str | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The layer's feature maps and how each place of them changes the score: both float32 (N, h, w, C)."""


def score_for(classifier: Classifier, temperature: float | None = None) -> Score:
    """What a method asks: the Keras network, compiled once, or the small copy where that is all there is.

    With a `temperature`, scores are the probabilities softmax(logits / temperature).
    """
    if answers_only(classifier):
        return SmallScore(classifier, temperature)
    from mlcore.backend.gradients import score_of

    return score_of(classifier.model, temperature)


def answers_only(classifier: Classifier) -> bool:
    """Whether the model's folder holds the small copy and no Keras network: it answers and has no gradients."""
    folder: Path | None = getattr(classifier, "folder", None)
    return folder is not None and (folder / "model.tflite").is_file() and not (folder / "model.keras").is_file()
