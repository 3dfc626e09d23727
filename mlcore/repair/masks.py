"""Inpainting masks of training: which holes come in which step, and the smooth fill that each begins with."""

from functools import lru_cache

import numpy as np

from mlcore.repair.damage import KINDS, damage
from mlcore.repair.harmonic_fill import harmonic_fill
from mlcore.training.batches import Batches

MASKS = 256  # in the pool of a run; solving one takes milliseconds, using one next to nothing
GROUP = 8  # pictures of a batch that share a mask


def mask_of(number: int, height: int, width: int, seed: int) -> np.ndarray:
    """The mask of a number: every third one a box anywhere, the others any kind of damage."""
    random = np.random.default_rng([seed, number])
    if number % 3 == 0:
        return _box(height, width, random)
    return damage(list(KINDS)[number % len(KINDS)], height, width, int(random.integers(2**31)))


def _box(height: int, width: int, random: np.random.Generator) -> np.ndarray:
    """A rectangle with sides of a quarter to half the picture's: not only in the middle, as uploads aren't."""
    mask = np.zeros((height, width), bool)
    tall, wide = (int(random.uniform(0.25, 0.5) * side) for side in (height, width))
    top, left = random.integers(0, height - tall + 1), random.integers(0, width - wide + 1)
    mask[top : top + tall, left : left + wide] = True
    return mask


class Damaged:
    """Batches damaged anew: truth, smooth fill and mask as channels, a function of the step alone."""

    def __init__(self, batches: Batches, seed: int) -> None:
        self._batches, self._seed = batches, seed
        self._mask = lru_cache(maxsize=MASKS)(mask_of)

    def at(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """The pictures of a step uint8 (B, H, W, 7), groups of eight with the same hole, and their labels."""
        pictures, labels = self._batches.at(step)
        random = np.random.default_rng([self._seed, step, 2])
        parts = [self._damaged(pictures[at : at + GROUP], random) for at in range(0, len(pictures), GROUP)]
        return np.concatenate(parts), labels

    def _damaged(self, pictures: np.ndarray, random: np.random.Generator) -> np.ndarray:
        height, width = pictures.shape[1:3]
        return with_fill(pictures, self._mask(int(random.integers(MASKS)), height, width, self._seed))


def with_fill(pictures: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Pictures (N, H, W, 3) with their smooth fill and the mask as further channels: uint8 (N, H, W, 7)."""
    smooth = np.rint(harmonic_fill(mask)(pictures)).astype("uint8")
    lost = np.broadcast_to(mask[None, ..., None] * np.uint8(255), (*pictures.shape[:3], 1))
    return np.concatenate([pictures, smooth, lost], axis=-1)
