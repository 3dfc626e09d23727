"""The pixels of stored pictures, one row each: as they are in a flat file, or packed as JPEG in shards."""

import os
import weakref
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np

from mlcore import reader
from mlcore.data.packed import PackedPixels

FILE = "pictures.bin"


class Pixels(Protocol):
    """Where the pictures of a data set are read from."""

    @property
    def count(self) -> int:
        """How many pictures lie there."""
        ...

    def read(self, rows: np.ndarray) -> np.ndarray | None:
        """Pictures uint8 (n, ...) of the shape of the set by their rows in ascending order; None if it is damaged."""
        ...


def opened(folder: Path, shape: tuple[int, ...], store: str) -> Pixels:
    """The pictures in a folder of a data set, whose facts say how they are kept; raises Refused."""
    return PackedPixels(folder, shape) if (store, len(shape)) == ("packed", 3) else FlatPixels(folder, shape)


class FlatPixels:
    """Rows of uint8 one after the other in one file (docs/decisions/0005-a-flat-file-of-pixels.md)."""

    def __init__(self, folder: Path, shape: tuple[int, ...]):
        self._shape, self._size = shape, int(np.prod(shape))
        self._file = reader.opened(folder / FILE)
        self._handle = self._file.fileno()
        weakref.finalize(self, self._file.close)

    @property
    def count(self) -> int:
        """How many pictures lie there; -1 where the file ends within one."""
        whole, rest = divmod(os.fstat(self._handle).st_size, self._size)
        return -1 if rest else whole

    def read(self, rows: np.ndarray) -> np.ndarray | None:
        """Rows that are next to each other are read at once; joined bytes are 4 times as fast as many small arrays."""
        data = b"".join(os.pread(self._handle, count * self._size, first * self._size) for first, count in _runs(rows))
        if len(data) != len(rows) * self._size:
            return None
        return np.frombuffer(data, "uint8").reshape(len(rows), *self._shape)


def _runs(rows: np.ndarray) -> list[tuple[int, int]]:
    """First row and length of each stretch of sorted rows that follow each other without a gap."""
    edges = [*np.flatnonzero(np.diff(rows, prepend=-2) != 1).tolist(), len(rows)]
    return [(int(rows[start]), stop - start) for start, stop in pairwise(edges)]
