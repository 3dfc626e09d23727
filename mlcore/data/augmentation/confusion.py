"""Classes that flipping would confuse, such as 6 and 9 or b and d: measured on the data's own pictures.

A nearest neighbour among other training pictures is asked for the class of each picture as it is and flipped. A
flipped picture looks like another class where its nearest neighbour is of that class and as near as that class's own
pictures are to each other. Classes that small pictures alone don't tell apart, as in most photographs, are left out.

With 1,200 pictures this found 6 and 9 under half a turn (30 of 62 in the digits of scikit-learn, 42 of 52 in MNIST), b
and d under a mirror (37 of 56 in many fonts), left and right arrows (53 of 56), clips of digits that go left or right
(91 of 97), and a 5 upside down that looks like a 2 (30 of 77). There was no alarm for digits, MNIST and the letters
AHIOTX under a mirror, nor for CIFAR-10 and the ants and bees under any flip or turn. It takes 0.3 to 2 seconds of the
processor.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from mlcore.data.store import Dataset, Split
from mlcore.intervals import wilson
from mlcore.recipe import Augmentation

MOST = 600  # pictures that are flipped, and as many others that they are compared with
FEWEST = 10  # pictures of a class on average: of fewer nothing can be told
PART = 100  # pictures that are read at once
FRAMES = 4  # of a clip, about, that are compared
SIDE = 16  # pixels at most: the size at which they are compared, each also moved by one of them
MOVES = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
OUTLYING = 0.05  # of a class's own pictures count as not near: how near the others are is near
LEAST = 0.3  # of a class's pictures must look like another one
TOLD_APART = 0.7  # of the pictures of both classes must be known as they are

Turn = tuple[str, Callable[[np.ndarray], np.ndarray]]
MIRRORED: Turn = ("Mirrored left to right", lambda pictures: pictures[..., ::-1, :])
UPSIDE_DOWN: Turn = ("Mirrored top to bottom", lambda pictures: pictures[..., ::-1, :, :])
HALF: Turn = ("Turned by 180 degrees", lambda pictures: pictures[..., ::-1, ::-1, :])
LEFT: Turn = ("Turned by 90 degrees", lambda pictures: np.rot90(pictures, 1, (-3, -2)))
RIGHT: Turn = ("Turned by 270 degrees", lambda pictures: np.rot90(pictures, 3, (-3, -2)))


@dataclass(frozen=True)
class Confusion:
    """So many of the pictures of a class look like another one once they are turned; `before` did as they are."""

    turn: str
    of: str
    like: str
    count: int
    before: int
    pictures: int

    def __str__(self) -> str:
        return (
            f"{self.turn}, {self.count} of {self.pictures} pictures of {self.of} look like {self.like}; "
            f"as they are, {self.before} do."
        )


def confusions(dataset: Dataset, settings: Augmentation) -> list[Confusion]:
    """Which classes the flips and quarter turns that are on would confuse, the worst first; empty for none."""
    turns = list(_turns(settings, dataset.shape))
    split = dataset.split("train")
    if not turns or min(MOST, len(split) // 2) < FEWEST * len(dataset.classes):
        return []
    chosen = np.random.default_rng(0).permutation(len(split))[: 2 * MOST]
    others, probes = np.sort(chosen[::2]), np.sort(chosen[1::2])
    look = _Look(_read(split, others), split.labels[others])
    found = _found(look, _read(split, probes), split.labels[probes], turns, dataset.classes)
    return sorted(found, key=lambda each: each.count / each.pictures, reverse=True)


def _turns(settings: Augmentation, shape: tuple[int, ...]) -> Iterator[Turn]:
    if settings.flip:
        yield MIRRORED
    if settings.flip_vertical:
        yield UPSIDE_DOWN
    if settings.quarter_turns or (settings.flip and settings.flip_vertical):
        yield HALF
    if settings.quarter_turns and shape[-3] == shape[-2]:
        yield from (LEFT, RIGHT)


class _Look:
    """The nearest of some labelled pictures, by the cosine of their features."""

    def __init__(self, pictures: np.ndarray, labels: np.ndarray):
        self._features, self._labels = _features(pictures).T, labels

    def at(self, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Class (N,) of the nearest picture to each, and how near it is, wherever it fits best."""
        moved = (np.roll(pictures, move, (-3, -2)) for move in MOVES)
        nearness = reduce(np.maximum, (_features(each) @ self._features for each in moved))
        nearest = nearness.argmax(axis=1)
        return self._labels[nearest], nearness[np.arange(len(pictures)), nearest]


def _found(
    look: _Look, pictures: np.ndarray, labels: np.ndarray, turns: list[Turn], classes: tuple[str, ...]
) -> Iterator[Confusion]:
    answers, nearness = look.at(pictures)
    known = [label for label in np.unique(labels) if (answers[labels == label] == label).mean() >= TOLD_APART]
    near = {label: np.quantile(nearness[labels == label], OUTLYING) for label in known}
    for name, turn in turns:
        turned, nearness_turned = look.at(turn(pictures))
        for like in known:
            after = (turned == like) & (nearness_turned >= near[like])
            before = (answers == like) & (nearness >= near[like])
            for of in (label for label in known if label != like):
                own = labels == of
                yield from _told(name, classes[of], classes[like], after[own], before[own])


def _told(turn: str, of: str, like: str, after: np.ndarray, before: np.ndarray) -> Iterator[Confusion]:
    count, earlier, pictures = int(after.sum()), int(before.sum()), len(after)
    if count >= LEAST * pictures and wilson(count, pictures).low > wilson(earlier, pictures).high:
        yield Confusion(turn, of, like, count, earlier, pictures)


def _read(split: Split, places: np.ndarray) -> np.ndarray:
    """Small copies of pictures, of which only some are in memory at once as they are."""
    return np.concatenate([_small(split.read(places[at : at + PART])) for at in range(0, len(places), PART)])


def _small(pictures: np.ndarray) -> np.ndarray:
    """Pictures, or some frames of clips, at 16 pixels at most on the shorter side, float32."""
    if pictures.ndim == 5:
        pictures = pictures[:, :: max(1, pictures.shape[1] // FRAMES)]
    *_, height, width, channels = pictures.shape
    block = -(-min(height, width) // SIDE)
    cut = pictures[..., : height // block * block, : width // block * block, :]
    parts = cut.reshape(*pictures.shape[:-3], height // block, block, width // block, block, channels)
    return parts.mean(axis=(-4, -2), dtype="float32")


def _features(pictures: np.ndarray) -> np.ndarray:
    """Small pictures as vectors (N, F) of length 1 about their mean."""
    vectors = pictures.reshape(len(pictures), -1)
    vectors = vectors - vectors.mean(axis=1, keepdims=True)
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6)
