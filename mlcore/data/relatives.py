"""Relatives: pictures that belong on one side of a split, since they are near copies or one source gave them.

One source are the frames of a video, or what augmentation made of a picture; an attribute `group` or the names tell.
"""

import mmap
import re
import tempfile
from array import array
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlcore.data import near_copies
from mlcore.data.splits import conflicting, together
from mlcore.progress import Progress, silent

# `walk_frame12.png` of a video; `cat.rf.0123456789abcdef.jpg`, one of several that Roboflow makes of a picture;
# `cat_aug3.jpg`, `cat_flipped.jpg`, `cat (copy).jpg`.
PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(.+?)[ _.-]*frame[ _.-]*\d+",
        r"(.+)\.rf\.[0-9a-z]{16,}",
        r"(.+?)[ _.-]+(?:aug(?:mented)?|flip(?:ped)?|mirror(?:ed)?|rot(?:ated)?|copy)[ _.-]*\d*",
        r"(.+?) \(copy(?: \d+)?\)",
    )
]


class Watch:
    """Looks at examples as they go by; a thumbnail of each waits in a file without a name. Clips aren't compared."""

    def __init__(self) -> None:
        self._thumbnails = tempfile.TemporaryFile(buffering=1 << 20)  # noqa: SIM115 - closed once compared
        self._sources, self._is_told = array("q"), bytearray()

    def add(self, pixels: np.ndarray, name: str, group: str | float | None = None) -> None:
        """Look at the next picture, or clip, of that file name and group."""
        if pixels.ndim == 3:
            self._thumbnails.write(near_copies.thumbnail(pixels).tobytes())
        stem, named = source(name)
        self._sources.append(hash(("group", group) if group else stem))
        self._is_told.append(bool(group) or named)

    def relatives(self, progress: Progress = silent) -> "Relatives":
        """What belongs together of all that went by."""
        sources, is_told = np.array(self._sources, "int64"), np.array(self._is_told, bool)
        numbers = np.arange(len(sources))
        shared = np.isin(sources, sources[is_told])
        numbers[shared] = np.unique(sources[shared], return_inverse=True)[1] + len(sources)
        with self._thumbnails:
            return Relatives(numbers, *near_copies.both_ways(self._mapped(), len(sources), progress))

    def _mapped(self) -> np.ndarray:
        """The thumbnails uint8 (n, 16, 16, 3), read where they are looked at."""
        self._thumbnails.flush()
        size = self._thumbnails.tell()
        content = mmap.mmap(self._thumbnails.fileno(), size, access=mmap.ACCESS_READ) if size else b""
        return np.frombuffer(content, "uint8").reshape(-1, near_copies.SIDE, near_copies.SIDE, 3)


@dataclass(frozen=True)
class Relatives:
    """Numbers (n,), the same for pictures of one source, for near copies, and for those the same way round."""

    sources: np.ndarray
    copies: np.ndarray
    same_way: np.ndarray

    def of(self, rows: np.ndarray) -> "Relatives":
        """The same of some of the pictures."""
        return Relatives(self.sources[rows], self.copies[rows], self.same_way[rows])

    @cached_property
    def groups(self) -> np.ndarray:
        """The same number for what belongs together, for whichever reason."""
        return together(self.sources, self.copies)

    def disputed(self, labels: np.ndarray) -> np.ndarray:
        """Where near copies stand in several classes; mirrored ones may, as arrows to the left and to the right do."""
        return conflicting(labels, self.same_way)


def source(name: str) -> tuple[str, bool]:
    """What a file name shares with others of one source, and whether it says that there are such."""
    stem = name.rpartition(".")[0] or name
    match = next((match for pattern in PATTERNS if (match := pattern.fullmatch(stem))), None)
    return (match[1], True) if match else (stem, False)
