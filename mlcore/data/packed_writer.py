"""Pack pictures as JPEG files into shards: those that came as plain JPEG byte for byte, without their metadata."""

import os
from array import array
from pathlib import Path
from typing import BinaryIO

import numpy as np

from mlcore import images
from mlcore.data import packed
from mlcore.data.sources import Example

MOST_PIXELS = 2**20  # of a file that is kept as it came: larger ones cost more to decode than to learn from
SIDE = 512  # what the shorter side of larger ones becomes: the largest size that a data set can have
MOST_ASPECT = 8  # times longer than wide; of longer ones the middle is kept
QUALITY = 95


class PackedWriter:
    """Keeps JPEG files in an unfinished folder, to be read as pictures of size x size."""

    def __init__(self, folder: Path, size: int):
        self.shape: tuple[int, ...] = (size, size, 3)
        self._folder, self._ends, self._shard_start, self._shards = folder, array("q", [0]), 0, 0
        self._file = self._next()

    def add(self, example: Example) -> None:
        """Keep one picture."""
        data = kept(example.pixels, example.original)
        if self._ends[-1] - self._shard_start + len(data) > packed.SHARD_BYTES and self._ends[-1] > self._shard_start:
            self._finish()
            self._file = self._next()
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))

    def close(self) -> None:
        """Finish the last shard, and write where each picture is."""
        self._finish()
        np.save(self._folder / packed.INDEX, np.array(self._ends, "int64"))

    def _next(self) -> BinaryIO:
        self._shard_start, self._shards = self._ends[-1], self._shards + 1
        return open(packed.shard(self._folder, self._shards - 1), "wb", buffering=1 << 20)

    def _finish(self) -> None:
        """Bring a shard to the disk before the next is begun: all at the end would be long to wait for."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def kept(pixels: np.ndarray, original: bytes) -> bytes:
    """The JPEG that is stored of a picture uint8 (H, W, 3): its own file where that is plain and of a common size."""
    height, width = pixels.shape[:2]
    fits = height * width <= MOST_PIXELS and max(height, width) <= MOST_ASPECT * min(height, width)
    plain = images.plain(original) if original and fits else None
    return plain or images.jpeg(_bounded(pixels), QUALITY, colours="4:4:4")


def _bounded(pixels: np.ndarray) -> np.ndarray:
    """The picture itself, or its middle where it is very long, made smaller where it is large."""
    height, width = pixels.shape[:2]
    shorter = min(height, width)
    kept_side = shorter if height * width <= MOST_PIXELS else min(shorter, SIDE)
    sides = (min(round(side * kept_side / shorter), MOST_ASPECT * kept_side) for side in (height, width))
    return images.fit(pixels, *sides)
