"""Write a data set picture by picture: memory holds one picture and a few bytes for each that passed.

    meta.json      what it is: classes, shape, split sizes, notices
    pictures.bin   raw uint8 rows (H, W, 3), or clips (T, H, W, 3), one after the other
    labels.npy     class index per row
    splits.npy     0 train, 1 val, 2 test per row
    hashes.npy     16 bytes per row: sha256 of the picture as it was decoded, before it was made to fit
    names.txt      file name per row, each a JSON text
    attributes.npz further facts of each row, where there are any (`data/attributes.py`)

A flat file read by offset was quicker and flatter in memory than memmap, TFRecord, parquet or npz.
"""

import hashlib
import json
import math
from array import array
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np

from mlcore import clips
from mlcore.data.attributes import Columns
from mlcore.data.sources import Example
from mlcore.data.splits import SPLITS, TRAIN

VERSION = 1
SQUARES = (224, 128, 64)  # for pictures of different or large sizes; Photographs looks at 224 pixels
ROOM = 2**30  # bytes that a square other than the smallest may take in all: 7,133 pictures of 224 pixels
KEPT_SIZE = 128  # pictures of one common size up to this are stored as they are
HASH_BYTES = 16


class Writer:
    """Takes examples and keeps them in an unfinished folder; a `size` of None follows the pictures.

    As long as every picture has the same small size they are kept as they are. At the first that differs, all
    are made to fit a square: the ones kept so far are the very pictures, so nothing is decoded twice. The square is
    the largest for which neither the first picture is too small nor so many pictures as are `expected` are too many.
    """

    def __init__(self, folder: Path, size: int | None = None, expected: int = 0):
        self._folder, self._square, self._expected = folder, size, expected
        self.shape: tuple[int, ...] = ()  # until the first example
        self.labels, self._splits, self._hashes = array("i"), bytearray(), bytearray()
        self.columns = Columns()
        self._files = ExitStack()
        self._names = self._open("names.txt")
        self._pictures = self._open("pictures.bin")

    def __len__(self) -> int:
        return len(self.labels)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def add(self, example: Example) -> None:
        """Keep one example."""
        self._choose_shape(example.pixels.shape)
        self._write(self._fitted(example.pixels))
        self.labels.append(example.label)
        self._splits.append(SPLITS.index(example.split) if example.split else TRAIN)
        self._hashes += hashlib.sha256(np.ascontiguousarray(example.pixels).data).digest()[:HASH_BYTES]
        self._names.write(json.dumps(example.name).encode() + b"\n")
        self.columns.add(example.attributes)

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Labels int32 (n,), given splits uint8 (n,) and hashes uint8 (n, 16) of what was kept so far."""
        hashes = np.frombuffer(bytes(self._hashes), "uint8").reshape(-1, HASH_BYTES)
        return np.array(self.labels, "int32"), np.frombuffer(bytes(self._splits), "uint8"), hashes

    def _choose_shape(self, given: tuple[int, ...]) -> None:
        if given == self.shape or (self._square and self.shape):
            return
        if not self.shape and not self._square and max(given[-3:-1]) <= KEPT_SIZE:
            self.shape = given
            return
        kept = self.shape
        self._square = self._square or _square(kept or given, self._expected)
        self.shape = (*given[:-3], self._square, self._square, 3)
        if kept:
            self._fit_again(kept)

    def _fit_again(self, kept: tuple[int, ...]) -> None:
        """Make the pictures kept so far fit the new shape."""
        older, self._pictures = self._pictures, self._open("pictures.new")
        with older:
            older.seek(0)
            for _ in range(len(self)):
                pixels = np.frombuffer(older.read(int(np.prod(kept))), "uint8").reshape(kept)
                self._write(self._fitted(pixels))
        (self._folder / "pictures.new").replace(self._folder / "pictures.bin")

    def _open(self, name: str) -> BinaryIO:
        return self._files.enter_context(open(self._folder / name, "w+b", buffering=1 << 20))

    def _fitted(self, pixels: np.ndarray) -> np.ndarray:
        height, width = self.shape[-3:-1]
        return clips.fit(pixels, height, width)

    def _write(self, pixels: np.ndarray) -> None:
        self._pictures.write(np.ascontiguousarray(pixels).data)


def _square(first: tuple[int, ...], expected: int) -> int:
    """The side for pictures (H, W, 3) or clips (T, H, W, 3) of which the first one has that shape."""
    smaller, frames = min(first[-3:-1]), math.prod(first[:-3])
    fits = (side for side in SQUARES if side <= smaller and expected * frames * side * side * 3 <= ROOM)
    return next(fits, SQUARES[-1])


def fingerprint(
    shape: Iterable[int], classes: Iterable[str], labels: np.ndarray, splits: np.ndarray, hashes: np.ndarray
) -> str:
    """Sixteen hexadecimal digits that differ when any picture, class, split or the size differs."""
    digest = hashlib.sha256(json.dumps([VERSION, list(shape), list(classes)]).encode())
    for values, kind in ((labels, "<i4"), (splits, "u1"), (hashes, "u1")):
        digest.update(np.ascontiguousarray(values, kind).data)
    return digest.hexdigest()[:16]
