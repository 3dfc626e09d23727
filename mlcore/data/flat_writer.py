"""Write the pixels of pictures one after the other into a flat file, at a size that follows the pictures."""

import math
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import numpy as np

from mlcore import clips
from mlcore.data.pixels import FILE
from mlcore.data.sources import Example

SQUARES = (224, 128, 64)  # for pictures of different or large sizes; Photographs looks at 224 pixels
ROOM = 2**30  # bytes that a square other than the smallest may take in all: 7,133 pictures of 224 pixels
KEPT_SIZE = 128  # pictures of one common size up to this are stored as they are


class FlatWriter:
    """Keeps pixels in an unfinished folder; a `size` of None follows the pictures.

    As long as every picture has the same small size they are kept as they are. At the first that differs, all
    are made to fit a square: the ones kept so far are the very pictures, so nothing is decoded twice. The square is
    the largest for which neither the first picture is too small nor so many pictures as are `expected` are too many.
    """

    def __init__(self, folder: Path, size: int | None = None, expected: int = 0):
        self._folder, self._square, self._expected, self._count = folder, size, expected, 0
        self.shape: tuple[int, ...] = ()  # until the first example
        self._files = ExitStack()
        self._pictures = self._open(FILE)

    def close(self) -> None:
        """Finish the file."""
        self._files.close()

    def add(self, example: Example) -> None:
        """Keep one picture or clip."""
        self._choose_shape(example.pixels.shape)
        self._write(self._fitted(example.pixels))
        self._count += 1

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
            for _ in range(self._count):
                pixels = np.frombuffer(older.read(int(np.prod(kept))), "uint8").reshape(kept)
                self._write(self._fitted(pixels))
        (self._folder / "pictures.new").replace(self._folder / FILE)

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
