"""Excerpts: some pictures of a data set that come along, at their places in its splits, to look at without the rest.

A file `excerpts/NAME.zip` beside this module holds them as the data set's own files, `about.json` with what they are
and how they were chosen, and `hashes` with the beginning of the SHA-256 of every test picture, by which the others are
recognised in a stored set of another order. An excerpt is for looking: figures come from all pictures, never from it.
"""

import json
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from mlcore import images
from mlcore.data.store import Dataset, Split
from mlcore.errors import Kind, Refused
from mlcore.home import NAME

FOLDER = Path(__file__).parent / "excerpts"
UNKNOWN = -1  # the label of a picture that isn't here
KEPT_BYTES = 8  # of a hash: among 10,000 pictures two share them with a chance of 1 in 400 billion


class Excerpt:
    """Some pictures of a data set, read as the set itself is read; `fingerprint` and `splits` are those of all of it.

    `origin` says where all of its pictures are, `rule` how these ones were chosen. With a stored set, of another order
    or other files, those of its test pictures are here, too, that have the very same pixels.
    """

    is_sequence = False

    def __init__(self, name: str, path: Path, whole: Dataset | None = None):
        with zipfile.ZipFile(path) as archive:
            self._about: dict[str, Any] = json.loads(archive.read("about.json"))
            self.hashes = np.frombuffer(archive.read("hashes"), "uint8").reshape(-1, KEPT_BYTES)
        self.name, self.path, self._whole = name, path, whole
        self.title: str = self._about["title"]
        self.classes, self.shape = tuple(self._about["classes"]), tuple(self._about["shape"])
        self.license, self.origin, self.rule = (self._about[key] for key in ("license", "origin", "rule"))
        self.fingerprint: str = self._about["fingerprint"]
        self.splits: dict[str, int] = self._about["splits"]

    def __repr__(self) -> str:
        return f"Excerpt({self.name!r})"

    def split(self, name: str) -> "Part":
        """What is here of a split; it can be empty."""
        whole = self._whole.split(name) if self._whole and name == "test" else None
        return Part(self, name, self._about["parts"].get(name, {}), whole)

    def beside(self, whole: Dataset) -> "Excerpt":
        """The same with what a stored set has of its test pictures."""
        return Excerpt(self.name, self.path, whole) if whole.classes == self.classes else self


class Part:
    """Some pictures of a split, by their places in the whole one.

    `at_hand` int64 (n,) are the places of those that are here, `drawn` of those among them that were drawn by chance;
    `labels` int64 has the length of the whole split, and -1 for a picture that isn't here.
    """

    def __init__(self, dataset: Excerpt, name: str, about: dict[str, Any], whole: Split | None = None):
        self.dataset, self.split, self._whole = dataset, name, whole
        self._files: dict[int, str] = {int(place): file for place, file in about.get("files", {}).items()}
        self._rows = _same(dataset.hashes, whole) if whole else {}
        self.at_hand = np.array(sorted({*self._files, *self._rows}), "int64")
        self.drawn = np.array(about.get("drawn", []), "int64")
        self.labels = np.full(dataset.splits[name], UNKNOWN, "int64")
        if whole:
            self.labels[list(self._rows)] = whole.labels[list(self._rows.values())]
        self.labels[list(self._files)] = [about["labels"][str(place)] for place in self._files]

    def __len__(self) -> int:
        return len(self.labels)

    def read(self, indices: Iterable[int]) -> np.ndarray:
        """Pictures uint8 (n, H, W, 3) by their places; raises Refused(missing-data) for one that isn't here."""
        places = [int(index) for index in indices]
        pictures = np.zeros((len(places), *self.dataset.shape), "uint8")
        with zipfile.ZipFile(self.dataset.path) as archive:
            for row, place in enumerate(places):
                pictures[row] = self._picture(place, archive)
        return pictures

    def name(self, index: int) -> str:
        """The file name that a picture had."""
        return self._files.get(int(index), f"{self.split} {index}")

    def _picture(self, place: int, archive: zipfile.ZipFile) -> np.ndarray:
        if place in self._files:
            return images.decode(archive.read(self._files[place])).pixels
        if self._whole and place in self._rows:
            return self._whole.read([self._rows[place]])[0]
        raise Refused(
            Kind.MISSING_DATA,
            f"Of {self.dataset.title} {len(self.at_hand):,} {self.split} pictures are here, and number {place} isn't "
            "among them; add the data set to see all.",
        )


@cache
def excerpt(name: str) -> Excerpt | None:
    """What came along of the data set of that name, None for nothing."""
    path = FOLDER / f"{name}.zip"
    return Excerpt(name, path) if NAME.match(name) and path.is_file() else None


def find_excerpt(sha256: str) -> tuple[Part, int] | None:
    """The test picture with these decoded pixels (hexadecimal digest) among those that came along, or None."""
    for path in sorted(FOLDER.glob("*.zip")):
        if (dataset := excerpt(path.stem)) and (place := _place(dataset, sha256)) is not None:
            return dataset.split("test"), place
    return None


def _place(dataset: Excerpt, sha256: str) -> int | None:
    try:
        wanted = np.frombuffer(bytes.fromhex(sha256)[:KEPT_BYTES], "uint8")
    except ValueError:
        return None
    if len(wanted) < KEPT_BYTES:
        return None
    places = np.flatnonzero((dataset.hashes == wanted).all(axis=1))
    here = [int(place) for place in places if place in dataset.split("test").at_hand]
    return here[0] if here else None


def _same(hashes: np.ndarray, whole: Split) -> dict[int, int]:
    """Which picture of a stored split has the same pixels, by the place in the excerpt's own split."""
    rows = {content.tobytes(): row for row, content in enumerate(whole.hashes[:, :KEPT_BYTES])}
    return {place: rows[key] for place, each in enumerate(hashes) if (key := each.tobytes()) in rows}
