"""Clips explained frame by frame: a method gets one frame as its picture, while the other frames stay as they are.

So every method for pictures works on clips as it is. For a gradient the parts are exactly those of the gradient by
the whole clip; for methods that cover or replace, each frame's heat says what that frame does among the others.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

import numpy as np

from mlcore.explanation.methods import Attribution
from mlcore.progress import Progress, part


def each_frame(
    run: Callable, settings, score, clip: np.ndarray, target: int, progress: Progress | None = None
) -> Attribution:
    """What a method finds for every frame of a clip float32 (T, H, W, 3): heat (T, H, W), values (T, H, W, 3).

    Measured numbers are averaged over the frames; words are kept where all frames have the same.
    """
    found = []
    for place, frame in enumerate(clip):
        hears = {"progress": part(progress, place, len(clip))} if progress else {}
        found.append(run(settings, FrameScore(score, clip, place), frame, target, **hears))
    values = None if found[0].values is None else np.stack([each.values for each in found])
    return Attribution(np.stack([each.heat for each in found]), values, _common([each.diagnostics for each in found]))


class FrameScore:
    """The score of a clip as a function of one of its frames: pictures (N, H, W, 3) in that frame's place."""

    def __init__(self, score, clip: np.ndarray, place: int):
        self._score, self._clip, self._place = score, np.asarray(clip, "float32"), place
        self.shape = clip.shape[1:]

    @property
    def layers(self) -> tuple:
        """The feature maps, as they are for one frame."""
        return tuple(replace(each, shape=each.shape[1:]) for each in self._score.layers)

    @property
    def background(self):
        """The same frame of the clips that this network's clips usually look like."""
        known = self._score.background
        return None if known is None else known[:, self._place]

    def __getattr__(self, name: str):
        found = getattr(self._score, name)
        return self._of_frame(found) if callable(found) else found

    def _of_frame(self, asked: Callable):
        @wraps(asked)
        def answer(*given, **named):
            if given and isinstance(given[0], np.ndarray):
                given = self._clips(given[0]), *given[1:]
            return self._cut(asked(*given, **named))

        return answer

    def _clips(self, frames: np.ndarray) -> np.ndarray:
        clips = np.repeat(self._clip[None], len(frames), axis=0)
        clips[:, self._place] = frames
        return clips

    def _cut(self, found):
        """Of what is (N, T, ., ., .) the part of this frame; all else as it is."""
        if isinstance(found, tuple):
            return tuple(self._cut(each) for each in found)
        return found[:, self._place] if getattr(found, "ndim", 0) == 5 else found


def _common(facts: list[dict]) -> dict:
    """Means of numbers, and words that all have in common."""
    found = {}
    for name in facts[0]:
        each = [one.get(name) for one in facts]
        if all(isinstance(value, float | int) for value in each):
            found[name] = float(np.mean(each))
        elif len(set(each)) == 1:
            found[name] = each[0]
    return found
