"""Which pictures come in which step: a function of seed and step alone, so any step can be repeated."""

from functools import lru_cache
from typing import Protocol

import numpy as np

from mlcore.data import Split, augmentation
from mlcore.recipe import Training


class Batches(Protocol):
    """What training is fed: the batch of any step, the same each time it is asked for."""

    def at(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Pictures uint8 (B, ...) and labels (B,) of a step, counted from the start of training."""
        ...


class Shuffled:
    """The training pictures cut into steps; the order is drawn anew for each epoch.

    Pictures that don't fill a batch wait for the next epoch's order.
    """

    def __init__(self, split: Split, training: Training):
        self._split, self._training = split, training
        self.size = min(training.batch_size, len(split))
        self.per_epoch = max(1, len(split) // self.size)
        self._order = lru_cache(maxsize=2)(self._draw_order)

    def at(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Pictures uint8 (B, H, W, 3) and labels (B,) of a step, counted from the start of training."""
        epoch, position = divmod(step, self.per_epoch)
        chosen = self._order(epoch)[position * self.size : (position + 1) * self.size]
        random = np.random.default_rng([self._training.seed, epoch, position, 1])
        pictures = augmentation.apply(self._split.read(chosen), self._training.augmentation, epoch, chosen, random)
        return pictures, self._split.labels[chosen]

    def _draw_order(self, epoch: int) -> np.ndarray:
        return np.random.default_rng([self._training.seed, epoch]).permutation(len(self._split))


class InOrder:
    """Pictures in the order of the split, as validation wants them."""

    def __init__(self, split: Split, size: int = 256):
        self._split, self._size = split, size
        self.count = -(-len(split) // size)

    def at(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Pictures and labels of a step; the last one may be smaller."""
        chosen = np.arange(step * self._size, min((step + 1) * self._size, len(self._split)))
        return self._split.read(chosen), self._split.labels[chosen]
