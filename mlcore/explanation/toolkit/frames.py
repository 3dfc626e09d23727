"""Clips explained frame by frame: a method gets one frame as its picture, while the other frames stay as they are.

So every method for pictures works on clips as it is. For a gradient the parts are exactly those of the gradient by
the whole clip; for methods that cover or replace, each frame's heat says what that frame does among the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlcore.explanation.attribution import Attribution, Method
from mlcore.explanation.score import Layer, Score
from mlcore.progress import Progress, part


def each_frame(
    run: Method, settings: Any, score: Score, clip: np.ndarray, target: int, progress: Progress | None = None
) -> Attribution:
    """What a method finds for every frame of a clip float32 (T, H, W, 3): heat (T, H, W), values (T, H, W, 3).

    Measured numbers are averaged over the frames; words are kept where all frames have the same.
    """
    frames = []
    for number, frame in enumerate(clip):
        listener = {"progress": part(progress, number, len(clip))} if progress else {}
        frames.append(run(settings, FrameScore(score, clip, number), frame, target, **listener))
    values = [each.values for each in frames if each.values is not None]
    heat = np.stack([each.heat for each in frames])
    return Attribution(heat, np.stack(values) if values else None, _common([each.diagnostics for each in frames]))


class FrameScore:
    """The score of a clip as a function of one of its frames: pictures (N, H, W, 3) in that frame's place."""

    def __init__(self, score: Score, clip: np.ndarray, number: int) -> None:
        self._score, self._clip, self._number = score, np.asarray(clip, "float32"), number
        self.shape: tuple[int, ...] = clip.shape[1:]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The feature maps, as they are for one frame."""
        return tuple(FrameLayer(layer.name, layer.shape[1:]) for layer in self._score.layers)

    @property
    def rectifiers(self) -> Mapping[str, int]:
        """Those of the network."""
        return self._score.rectifiers

    @property
    def background(self) -> np.ndarray | None:
        """The same frame of the clips that this network's clips usually look like."""
        clips = self._score.background
        return None if clips is None else clips[:, self._number]

    @property
    def background_origin(self) -> str:
        """Where those clips are from."""
        return self._score.background_origin

    def with_background(self, pictures: np.ndarray, origin: str) -> "FrameScore":
        """The same frame's score that knows a background of whole clips."""
        return FrameScore(self._score.with_background(pictures, origin), self._clip, self._number)

    def feature_layer(self, layer: str | None = None) -> str:
        """The layer's full name."""
        return self._score.feature_layer(layer)

    def logits(self, batch: np.ndarray) -> np.ndarray:
        """The logits of the clips with these frames."""
        return self._score.logits(self._clips(batch))

    def values(self, batch: np.ndarray, target: int) -> np.ndarray:
        """The scores of the clips with these frames."""
        return self._score.values(self._clips(batch), target)

    def gradient(self, batch: np.ndarray, target: int) -> np.ndarray:
        """The part of the clip's gradient that is this frame's."""
        return self._own(self._score.gradient(self._clips(batch), target))

    def guided_gradient(self, batch: np.ndarray, target: int) -> np.ndarray:
        """The part of the clip's guided gradient that is this frame's."""
        return self._own(self._score.guided_gradient(self._clips(batch), target))

    def features(self, batch: np.ndarray, layer: str | None = None) -> np.ndarray:
        """The feature maps of this frame."""
        return self._own(self._score.features(self._clips(batch), layer))

    def feature_gradient(
        self, batch: np.ndarray, target: int, layer: str | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The feature maps of this frame, and their slopes."""
        features, slopes = self._score.feature_gradient(self._clips(batch), target, layer)
        return self._own(features), self._own(slopes)

    def _clips(self, frames: np.ndarray) -> np.ndarray:
        clips = np.repeat(self._clip[None], len(frames), axis=0)
        clips[:, self._number] = frames
        return clips

    def _own(self, maps: np.ndarray) -> np.ndarray:
        return maps[:, self._number] if maps.ndim == 5 else maps


@dataclass(frozen=True)
class FrameLayer:
    """A layer of a network for clips, with the shape of its map for one frame."""

    name: str
    shape: tuple[int, ...]


def _common(facts: list[dict[str, float | str]]) -> dict[str, float | str]:
    """Means of numbers, and words that all have in common."""
    common: dict[str, float | str] = {}
    for name, first in facts[0].items():
        each = [one.get(name) for one in facts]
        numbers = [value for value in each if isinstance(value, float | int)]
        if len(numbers) == len(each):
            common[name] = float(np.mean(numbers))
        elif len(set(each)) == 1:
            common[name] = first
    return common
