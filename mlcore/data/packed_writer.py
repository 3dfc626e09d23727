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
ANEW = 0.8  # bytes for each pixel of a photograph at that quality


class PackedWriter:
    """Keeps JPEG files in an unfinished folder."""

    def __init__(self, folder: Path):
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
    """The JPEG that is stored of a picture uint8 (H, W, 3): its own file where that is plain and not too large."""
    plain = images.plain(original) if original and bounded(pixels.shape) == pixels.shape[:2] else None
    return plain or images.jpeg(images.fit(pixels, *bounded(pixels.shape)), QUALITY, colours="4:4:4")


def bounded(shape: tuple[int, ...]) -> tuple[int, int]:
    """Height and width that are kept of a picture: its own, less where it is large, or very long."""
    height, width = shape[:2]
    shorter = min(height, width)
    side = shorter if height * width <= MOST_PIXELS else min(shorter, SIDE)
    most = MOST_ASPECT * side
    return min(round(height * side / shorter), most), min(round(width * side / shorter), most)


def bytes_of(shape: tuple[int, ...], file: int) -> int:
    """About how many bytes a picture takes here that has so many as a file."""
    height, width = bounded(shape)
    return file if (height, width) == tuple(shape[:2]) else int(ANEW * height * width)
