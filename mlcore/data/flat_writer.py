"""Write the pixels of pictures one after the other into a flat file, each made to fit the size of the set."""

from pathlib import Path
from typing import BinaryIO

import numpy as np

from mlcore import clips
from mlcore.data.pixels import FILE
from mlcore.data.sources import Example


class FlatWriter:
    """Keeps pixels (H, W, 3) or clips (T, H, W, 3) in an unfinished folder."""

    def __init__(self, folder: Path, shape: tuple[int, ...]):
        self._shape = shape
        self._file = self._open(folder / FILE)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def add(self, example: Example) -> None:
        """Keep one picture or clip."""
        pixels = clips.fit(example.pixels, *self._shape[-3:-1])
        self._file.write(np.ascontiguousarray(pixels).data)

    def _open(self, path: Path) -> BinaryIO:
        return open(path, "wb", buffering=1 << 20)
