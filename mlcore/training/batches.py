"""Which pictures come in which step: a function of seed and step alone, so any step can be repeated."""

from functools import lru_cache
from typing import Protocol

import numpy as np

from mlcore.data import Split, augmentation
from mlcore.data.augmentation import mixing
from mlcore.recipe import Training
from mlcore.training.balance import balanced_order

MOST_BYTES = 2**26  # of pictures in a step of validation, which the network holds four times larger


class Batches(Protocol):
    """What training is fed: the batch of any step, the same each time it is asked for."""

    def at(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Pictures uint8 (B, ...) and labels (B,), or shares of classes (B, K), of a step since the start."""
        ...


class Shuffled:
    """The training pictures cut into steps; the order is drawn anew for each epoch.

    Pictures that don't fill a batch wait for the next epoch's order.
    """

    def __init__(self, split: Split, training: Training):
        self._split, self._training = split, training
        self.shared = len(split.dataset.classes) if mixing.is_on(training.augmentation) else 0
        self.size = min(training.batch_size, len(split))
        self.per_epoch = max(1, len(split) // self.size)
        self._order = lru_cache(maxsize=2)(self._draw_order)

    def at(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Pictures uint8 (B, H, W, 3) and labels (B,), or shares of classes (B, K), of a step since the start."""
        epoch, position = divmod(step, self.per_epoch)
        chosen = self._order(epoch)[position * self.size : (position + 1) * self.size]
        random = np.random.default_rng([self._training.seed, epoch, position, 1])
        settings, labels = self._training.augmentation, self._split.labels[chosen]
        pictures = augmentation.apply(self._split.read(chosen), settings, epoch, chosen, random)
        return mixing.mix(pictures, labels, self.shared, settings, random) if self.shared else (pictures, labels)

    def _draw_order(self, epoch: int) -> np.ndarray:
        random = np.random.default_rng([self._training.seed, epoch])
        if self._training.class_balance == "sampling":
            return balanced_order(self._split.labels, random)
        return random.permutation(len(self._split))


class InOrder:
    """Pictures in the order of the split, as validation wants them."""

    def __init__(self, split: Split, size: int = 256):
        self._split, self._size = split, min(size, max(1, MOST_BYTES // max(1, split.bytes // max(1, len(split)))))
        self.count = -(-len(split) // self._size)

    def at(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Pictures and labels of a step; the last one may be smaller."""
        chosen = np.arange(step * self._size, min((step + 1) * self._size, len(self._split)))
        return self._split.read(chosen), self._split.labels[chosen]
