"""A classifier and its answers: calibrated probabilities, feature maps, class activation maps.

It answers through the small LiteRT copy of its network when there is one that was checked, and
loads Keras only when the network itself is asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from mlcore import clips, reader
from mlcore.clips import Clip
from mlcore.errors import Refused
from mlcore.images import Picture
from mlcore.library.class_map import class_map, upscale
from mlcore.library.groups import Group, GroupAnswer, group_answer, read_groups
from mlcore.library.litert import Runner, at_once
from mlcore.library.opened import Opened
from mlcore.library.out_of_distribution import Detector, Unlike, pooled
from mlcore.library.out_of_distribution import read as read_detector

CHUNK = 128
EVEN_ODDS = 0.5  # above it no other group of the same level can be as probable
Input = Picture | Clip | np.ndarray


@dataclass(frozen=True)
class Prediction:
    """What a classifier thinks of one picture: a calibrated probability for each class."""

    classes: tuple[str, ...]
    probabilities: np.ndarray
    threshold: float = 0.0
    groups: tuple[Group, ...] = ()
    set_cut: float | None = None
    unlike: Unlike | None = None  # None for a model of which it wasn't measured

    @property
    def set(self) -> tuple[str, ...] | None:
        """The classes among which the truth is in 9 of 10 such answers, likeliest first; None where that isn't known.

        Of an answer that is sure it is the class alone.
        """
        if self.set_cut is None:
            return None
        count = 1 if self.sure else max(1, int((self.probabilities >= self.set_cut).sum()))
        return tuple(name for name, _ in self.top(count))

    @property
    def group(self) -> GroupAnswer | None:
        """The innermost group of classes that is certain, else the likeliest one; None for a model without groups."""
        return group_answer(self.groups, self.probabilities, max(self.threshold, EVEN_ODDS))

    @property
    def best(self) -> int:
        """Number of the most probable class."""
        return int(self.probabilities.argmax())

    @property
    def best_name(self) -> str:
        """Name of the most probable class."""
        return self.classes[self.best]

    @property
    def confidence(self) -> float:
        """Probability of the most probable class."""
        return float(self.probabilities[self.best])

    @property
    def sure(self) -> bool:
        """Whether answers of about this confidence were right often enough on validation pictures."""
        return self.confidence >= self.threshold

    def top(self, count: int = 5) -> list[tuple[str, float]]:
        """The most probable classes with their probabilities, best first."""
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return [(self.classes[index], float(self.probabilities[index])) for index in order]


class Classifier(Opened):
    """A trained network that tells classes apart, with its card; safe to share between threads."""

    @overload
    def predict(self, pictures: Picture | Clip) -> Prediction: ...

    @overload
    def predict(self, pictures: Sequence[Input]) -> list[Prediction]: ...

    @overload
    def predict(self, pictures: np.ndarray) -> Any: ...  # its rank says whether it is one picture or several

    def predict(self, pictures: Input | Sequence[Input]) -> Prediction | list[Prediction]:
        """The answer for a picture, or a list of answers for several.

        A picture is a Picture or uint8 (H, W, 3) of any size; it is fitted to the network as training
        pictures were. A classifier of clips takes a Clip or uint8 (T, H, W, 3) of any length in its place.
        Raises Refused(not-compatible) for one where it takes the other.
        """
        if isinstance(pictures, Picture | Clip):
            return self._answers(self._fitted(pictures)[None])[0]
        if isinstance(pictures, np.ndarray) and pictures.ndim == len(self.card.shape):
            return self._answers(self._fitted(pictures)[None])[0]
        return self._answers(np.stack([self._fitted(picture) for picture in pictures])) if len(pictures) else []

    def probabilities(self, batch: np.ndarray) -> np.ndarray:
        """Calibrated probabilities float32 (N, K) of pictures uint8 (N, h, w, 3) in the network's size."""
        return softmax(self.logits(batch) / self.card.temperature)

    def timeline(self, clip: Clip | np.ndarray) -> np.ndarray:
        """What it would have answered had the clip stood still from each frame on: probabilities float32 (T, K)."""
        frames = self._fitted(clip)
        ends = np.arange(len(frames))
        return self.probabilities(frames[np.minimum(ends, ends[:, None])])

    def logits(self, batch: np.ndarray) -> np.ndarray:
        """The network's raw scores float32 (N, K) of pictures uint8 (N, h, w, 3) in its size."""
        if not len(batch):
            return np.zeros((0, len(self.card.classes)), np.float32)
        if self._runner:
            return self._runner.logits(batch)
        size = at_once(batch.shape[1:], CHUNK)
        return np.concatenate([self._compiled(batch[at : at + size]) for at in range(0, len(batch), size)])

    def logits_and_features(self, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Logits (N, K) and the means of the last feature map (N, C) of pictures in the network's size, in one pass.

        Features are None for a network without such a map, one of clips among them.
        """
        if not len(batch):
            return self.logits(batch), None
        if self._runner:
            return self._runner.logits_and_features(batch, pooled)
        return self._both_by_keras(batch)

    def features(self, batch: np.ndarray) -> np.ndarray | None:
        """The last feature map float32 (N, h, w, C) of pictures uint8 (N, h, w, 3) in the network's size.

        None for a network without one. Loads Keras only where there is no small copy that gives it.
        """
        features = self.small_features(batch)
        return self._keras_features(batch) if features is None else features

    def small_features(self, batch: np.ndarray) -> np.ndarray | None:
        """The same by the small copy alone; None where there is none or it gives no map."""
        return self._runner.features(batch) if self._runner and len(batch) else None

    def class_map(self, picture: Input, target: int | None = None) -> np.ndarray | None:
        """Which regions speak for a class (the answer by default): heat (H, W), or None without a pooled head.

        Class activation map (Zhou et al. 2016, arXiv:1512.04150); needs no gradient and no Keras.
        """
        if not self._runner or self._head is None:
            return None
        batch = self._fitted(picture)[None]
        target = int(self._runner.logits(batch)[0].argmax()) if target is None else target
        heat = class_map(self._runner.maps(batch)[0], self._head, target)
        return upscale(heat, *self.card.size)

    @property
    def head(self) -> np.ndarray | None:
        """What the pooled last feature map is multiplied by, (C, K); None where the small copy has no such head."""
        return self._head if self._runner else None

    def warm_up(self) -> None:
        """Do now what the first answer would have waited for."""
        self.logits(self._blank)

    def _keras_features(self, batch: np.ndarray) -> np.ndarray | None:
        from mlcore.backend.gradients import score_of

        score = score_of(self.model)
        return score.features(batch, score.layers[-1].name) if score.layers else None

    def _answers(self, batch: np.ndarray) -> list[Prediction]:
        card = self.card
        logits, unlike = self._judged(batch)
        probabilities = softmax(logits / card.temperature)
        pairs = zip(probabilities, unlike, strict=True)
        return [Prediction(card.classes, row, card.threshold, self._groups, card.set_cut, each) for row, each in pairs]

    def _judged(self, batch: np.ndarray) -> tuple[np.ndarray, Sequence[Unlike | None]]:
        """Logits, and how unlike what was learned from each picture is, in one pass of the network."""
        if self.detector is None:
            return self.logits(batch), [None] * len(batch)
        logits, features = self.logits_and_features(batch)
        fits = self.detector.fits(logits, features)
        return logits, self.detector.judge(logits, features) if fits else [None] * len(batch)

    def _both_by_keras(self, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        call, size = self._once("both", self._compile_both), at_once(batch.shape[1:], CHUNK)
        together = np.concatenate([call(batch[at : at + size]) for at in range(0, len(batch), size)])
        logits, features = np.split(together, [len(self.card.classes)], axis=1)
        return logits, features if features.shape[1] else None

    def _compile_both(self) -> Callable[[np.ndarray], np.ndarray]:
        from mlcore.backend.compiled import compiled
        from mlcore.library.last_map import logits_and_features

        return compiled(logits_and_features(self.model))

    def _fitted(self, picture: Input) -> np.ndarray:
        return clips.fitted(picture, tuple(self.card.shape))

    @property
    def detector(self) -> Detector | None:
        """What notices pictures unlike those learned from; None where that wasn't measured."""
        return self._once("detector", lambda: read_detector(self.folder))

    @property
    def _groups(self) -> tuple[Group, ...]:
        return self._once("groups", lambda: read_groups(self.folder, len(self.card.classes)))

    @property
    def _runner(self) -> Runner | None:
        return self._once("runner", lambda: self._small_copy(self._check_logits))

    def _check_logits(self, runner: Runner) -> None:
        if runner.takes != tuple(self.card.shape):
            raise ValueError("The small copy is of a network for other pictures.")
        if runner.logits(self._blank).shape != (1, len(self.card.classes)):
            raise ValueError("The small copy is of a network with other classes.")

    @property
    def _blank(self) -> np.ndarray:
        return np.zeros((1, *self.card.shape), np.uint8)

    @property
    def _head(self) -> np.ndarray | None:
        return self._once("head", self._read_head)

    def _read_head(self) -> np.ndarray | None:
        try:
            head = reader.array(self.folder / "head.npy")
        except Refused:
            return None
        features = self._runner.features(self._blank) if self._runner else None
        fits = features is not None and head.shape == (features.shape[-1], len(self.card.classes))
        return head if fits else None


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities (N, K) of logits (N, K)."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)
