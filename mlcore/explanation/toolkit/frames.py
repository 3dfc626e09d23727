"""Clips explained frame by frame: a method gets one frame as its picture, while the other frames stay as they are.

So every method for pictures works on clips as it is. For a gradient the parts are exactly those of the gradient by
the whole clip; for methods that cover or replace, each frame's heat says what that frame does among the others.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

import numpy as np

from mlcore.explanation.methods import Attribution
from mlcore.progress import Progress, part
from mlcore.settings import Settings


def each_frame(
    run: Callable[..., Attribution],
    settings: Settings,
    score,
    clip: np.ndarray,
    target: int,
    progress: Progress | None = None,
) -> Attribution:
    """What a method finds for every frame of a clip float32 (T, H, W, 3): heat (T, H, W), values (T, H, W, 3).

    Measured numbers are averaged over the frames; words are kept where all frames have the same.
    """
    frames: list[Attribution] = []
    for index, frame in enumerate(clip):
        listener = {"progress": part(progress, index, len(clip))} if progress else {}
        frames.append(run(settings, FrameScore(score, clip, index), frame, target, **listener))
    values = [each.values for each in frames if each.values is not None]
    heat = np.stack([each.heat for each in frames])
    return Attribution(heat, np.stack(values) if values else None, _common([each.diagnostics for each in frames]))


class FrameScore:
    """The score of a clip as a function of one of its frames: pictures (N, H, W, 3) in that frame's place."""

    def __init__(self, score, clip: np.ndarray, index: int):
        self._score, self._clip, self._index = score, np.asarray(clip, "float32"), index
        self.shape = clip.shape[1:]

    @property
    def layers(self) -> tuple[Any, ...]:
        """The feature maps, as they are for one frame."""
        return tuple(replace(each, shape=each.shape[1:]) for each in self._score.layers)

    @property
    def background(self) -> np.ndarray | None:
        """The same frame of the clips that this network's clips usually look like."""
        clips = self._score.background
        return None if clips is None else clips[:, self._index]

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._score, name)
        return self._of_frame(attribute) if callable(attribute) else attribute

    def _of_frame(self, question: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(question)
        def answer(*given: Any, **named: Any) -> Any:
            if given and isinstance(given[0], np.ndarray):
                given = self._clips(given[0]), *given[1:]
            return self._cut(question(*given, **named))

        return answer

    def _clips(self, frames: np.ndarray) -> np.ndarray:
        clips = np.repeat(self._clip[None], len(frames), axis=0)
        clips[:, self._index] = frames
        return clips

    def _cut(self, answer: Any) -> Any:
        """Of what is (N, T, ., ., .) the part of this frame; all else as it is."""
        if isinstance(answer, tuple):
            return tuple(self._cut(each) for each in answer)
        return answer[:, self._index] if getattr(answer, "ndim", 0) == 5 else answer


def _common(facts: list[dict[str, float | str]]) -> dict[str, float | str]:
    """Means of numbers, and words that all have in common."""
    common: dict[str, float | str] = {}
    for name, first in facts[0].items():
        values = [each.get(name) for each in facts]
        numbers = [value for value in values if isinstance(value, float | int)]
        if len(numbers) == len(facts):
            common[name] = float(np.mean(numbers))
        elif len(set(values)) == 1:
            common[name] = first
    return common
