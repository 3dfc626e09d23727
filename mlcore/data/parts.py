"""Parts: pictures that were added to a data set later lie in folders of the same form, `parts/1` and so on.

Their rows follow those of the folder itself, part by part; none ever changes, so rows keep their numbers.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mlcore import reader
from mlcore.data.pixels import Pixels

FOLDER = "parts"


def folders(folder: Path) -> list[Path]:
    """The folder of a data set and those of its parts, in the order in which they were added."""
    numbers = sorted(int(name) for name in reader.names_in(folder / FOLDER) if name.isdecimal())
    return [folder, *(folder / FOLDER / str(number) for number in numbers)]


def following(folder: Path) -> Path:
    """The folder of the next part."""
    last = folders(folder)[-1]
    return folder / FOLDER / ("1" if last == folder else str(int(last.name) + 1))


class JoinedPixels:
    """The pictures of several parts, one after the other."""

    def __init__(self, parts: Sequence[Pixels]):
        self._parts = parts
        self._ends = np.cumsum([part.count for part in parts])

    @property
    def count(self) -> int:
        """How many pictures lie there; -1 where a part is damaged."""
        return int(self._ends[-1]) if all(part.count >= 0 for part in self._parts) else -1

    def read(self, rows: np.ndarray) -> np.ndarray | None:
        """Pictures by their rows in ascending order; None where a part is damaged."""
        edges = np.searchsorted(rows, [0, *self._ends])
        pieces: list[np.ndarray | None] = [
            part.read(rows[edges[number] : edges[number + 1]] - (self._ends[number] - part.count))
            for number, part in enumerate(self._parts)
            if edges[number] < edges[number + 1] or number == 0
        ]
        whole = [piece for piece in pieces if piece is not None]
        return np.concatenate(whole) if len(whole) == len(pieces) else None
