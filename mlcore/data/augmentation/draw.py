"""Where the chance in a change comes from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Indices = np.ndarray | Sequence[int]


@dataclass(frozen=True)
class Draw:
    """A generator, the epoch, and the indices (N,) of the pictures in their split."""

    rng: np.random.Generator
    epoch: int
    indices: np.ndarray

    def among(self, chosen: np.ndarray) -> "Draw":
        """The same for some of the pictures."""
        return Draw(self.rng, self.epoch, self.indices[chosen])

    def factors(self, most: float) -> np.ndarray:
        """A factor float32 (N,) for each picture, between 1 - `most` and 1 + `most`."""
        return self.rng.uniform(1 - most, 1 + most, len(self.indices)).astype("float32")

    def up_to(self, most: float) -> np.ndarray:
        """A strength (N,) for each picture, between 0 and `most`."""
        return self.rng.uniform(0, most, len(self.indices))
