"""Pictures packed as JPEG files one after the other into shards, decoded at the size of the set when they are read.

shard-00000.bin ...  JPEG files without metadata; none reaches from one shard into the next
index.npy            int64 (n + 1,): where each picture begins in all shards together, and where the last one ends
"""

import os
import weakref
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import count
from pathlib import Path

import numpy as np

from mlcore import images, reader
from mlcore.errors import Refused

INDEX = "index.npy"
SHARD_BYTES = 2**30  # about so many; a million pictures are some hundred files, which are all held open
THREADS = 4  # at most: Pillow decodes without holding the interpreter
FEW = 4  # pictures that aren't worth a second thread
MOST_INDEX = 2**30  # bytes


def shard(folder: Path, number: int) -> Path:
    """The file of a shard, counted from 0."""
    return folder / f"shard-{number:05}.bin"


class PackedPixels:
    """Pictures in shards, handed out as uint8 (H, W, 3) of the size of the set."""

    def __init__(self, folder: Path, shape: tuple[int, ...]):
        self._shape = shape
        self._index = reader.array(folder / INDEX, MOST_INDEX)
        files = [reader.opened(shard(folder, number)) for number in range(_shards(folder))]
        self._handles = [file.fileno() for file in files]
        self._starts = np.cumsum([0, *(os.fstat(handle).st_size for handle in self._handles)])
        for file in files:
            weakref.finalize(self, file.close)

    @property
    def count(self) -> int:
        """How many pictures lie there; -1 where index and shards don't belong together."""
        return len(self._index) - 1 if self._is_whole else -1

    @property
    def _is_whole(self) -> bool:
        index, starts = self._index, self._starts
        if index.ndim != 1 or index.dtype != np.int64 or not len(index) or index[0] != 0 or index[-1] != starts[-1]:
            return False
        sizes = np.diff(index)
        return bool(((sizes > 0) & (sizes <= images.MAX_BYTES)).all() and np.isin(starts, index).all())

    def read(self, rows: np.ndarray) -> np.ndarray | None:
        """Pictures by their rows; None where one can't be decoded."""
        pictures = np.empty((len(rows), *self._shape), "uint8")

        def decode(place: int) -> None:
            pictures[place] = images.fitted(self._file(int(rows[place])), *self._shape[:2])

        each = map if len(rows) <= FEW else _decoders().map
        try:
            deque(each(decode, range(len(rows))), maxlen=0)
        except Refused:
            return None
        return pictures

    def _file(self, row: int) -> bytes:
        start, stop = (int(place) for place in self._index[row : row + 2])
        number = int(np.searchsorted(self._starts, start, side="right")) - 1
        return os.pread(self._handles[number], stop - start, start - int(self._starts[number]))


def _shards(folder: Path) -> int:
    """How many shards there are, without a gap."""
    return next(number for number in count() if not os.path.lexists(shard(folder, number)))


@lru_cache
def _decoders() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1), "decode")
