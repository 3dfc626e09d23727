"""Read a stored data set: its facts at once, its pictures when they are asked for."""

import threading
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mlcore import reader
from mlcore.data import about, attributes, checks, parts, pixels, versions
from mlcore.data import meta as facts
from mlcore.data.attributes import Attribute
from mlcore.data.edits import Content
from mlcore.data.names import Names
from mlcore.data.splits import SPLITS, UNLABELLED
from mlcore.data.writer import HASH_BYTES, fingerprint
from mlcore.errors import Kind, Refused, unknown
from mlcore.machine import memory

RESIDENT_BYTES = 512 * 2**20  # a split larger than this, or than
RESIDENT_SHARE = 0.25  # this share of the memory that is free, is read from disk batch by batch
READ_BYTES = 16 * 2**20  # at a time
MOST_ARRAY = 2**30  # bytes of an array beside the pictures; hashes take 16 a picture


class Dataset:
    """Labelled pictures in three splits, as stored in a folder; raises Refused(missing-data) for a damaged one.

    It is the current version, or that of the number: `labels` int32 (n,), `split_codes` uint8 (n,), `hashes` uint8
    (n, 16) and `names` have one value for each of its rows, over all splits.

    `shape` is (H, W, 3), or (T, H, W, 3) for a set of clips; wherever one picture is uint8 (H, W, 3), one clip is
    uint8 (T, H, W, 3).
    """

    def __init__(self, folder: Path, version: int | None = None):
        if version is not None and version not in (known := versions.numbers(folder)):
            raise unknown(Kind.UNKNOWN_NAME, f"version of {folder.name!r}", str(version), map(str, known))
        try:
            self._read(folder, versions.current(folder) if version is None else version)
        except Refused as refusal:
            raise refusal if refusal.kind == Kind.MISSING_DATA else damaged(folder, refusal.message) from None
        except (ValueError, TypeError, IndexError) as error:
            raise damaged(folder) from error

    def _read(self, folder: Path, version: int) -> None:
        own = versions.at(folder, version)
        meta = facts.of(own)
        self.folder, self.name, self.version, self.seed = folder, folder.name, version, meta.seed
        self.title, self.description, self.source = meta.title, meta.description, meta.source
        said = about.of(folder)
        self.origin = meta.origin if said.origin is None else said.origin
        self.license = meta.license if said.license is None else said.license
        self.note, self.created = said.note, meta.created
        self.classes = meta.classes
        self.shape: Any = meta.shape  # of pictures or of clips
        self.store: str = meta.store
        self.splits: dict[str, int] = meta.splits
        self.class_counts: dict[str, int] = meta.class_counts
        self.notices, self.skipped, self.fingerprint = meta.remarks, meta.left_out, meta.fingerprint
        self.labels, self.split_codes = (reader.array(own / f"{name}.npy", MOST_ARRAY) for name in ("labels", "splits"))
        self._folders = parts.folders(folder)
        hashes = [reader.array(part / "hashes.npy", MOST_ARRAY) for part in self._folders]
        stored = np.concatenate(hashes)
        rows = np.arange(len(hashes[0])) if version == 1 else reader.array(own / "rows.npy", MOST_ARRAY)
        each = [pixels.opened(part, self.shape, meta.store) for part in self._folders]
        self._pixels = each[0] if len(each) == 1 else parts.JoinedPixels(each)
        self._counts = [part.count for part in each]
        self._check_rows(stored, rows)
        self.stored_rows, self.hashes = rows, stored[rows]
        self._resident: dict[str, np.ndarray] = {}
        self._loading = threading.Lock()
        self._check(meta.pictures)

    def _check_rows(self, stored: np.ndarray, rows: np.ndarray) -> None:
        count = self._pixels.count
        whole = stored.shape == (count, HASH_BYTES) and rows.ndim == 1 and rows.dtype.kind == "i"
        if not whole or (len(rows) and not 0 <= rows.min() <= rows.max() < count):
            raise ValueError("The files of the data set don't belong together.")

    def _check(self, total: int) -> None:
        content = fingerprint(self.shape, self.classes, self.labels, self.split_codes, self.hashes)
        arrays = (self.labels.shape, self.split_codes.shape, self.stored_rows.shape)
        if set(arrays) != {(total,)} or content != self.fingerprint:
            raise ValueError("The files of the data set don't belong together.")

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        return f"Dataset({self.name!r}, {len(self):,} pictures, {len(self.classes)} classes)"

    @property
    def is_sequence(self) -> bool:
        """Whether it holds clips instead of single pictures."""
        return len(self.shape) == 4

    @property
    def picture_bytes(self) -> int:
        """Bytes of one picture as it is read."""
        return int(np.prod(self.shape))

    @property
    def imbalance(self) -> float:
        """How many times larger the largest class is than the smallest."""
        return checks.imbalance(list(self.class_counts.values()))

    def counts(self, split: str) -> dict[str, int]:
        """Pictures per class in a split."""
        counts = np.bincount(self.split(split).labels, minlength=len(self.classes))
        return dict(zip(self.classes, counts.tolist(), strict=True))

    def split(self, name: str) -> "Split":
        """The split called train, val or test; it can be empty."""
        if name not in SPLITS:
            raise unknown(Kind.UNKNOWN_NAME, "split", name, SPLITS)
        return Split(self, name)

    @cached_property
    def attributes(self) -> Mapping[str, Attribute]:
        """Further facts of the pictures by name, in the order of `labels`; empty where none are known."""
        each = zip(self._counts, self._folders, strict=True)
        stored = attributes.joined([(count, attributes.read(part, count)) for count, part in each])
        return {name: column.of(self.stored_rows) for name, column in stored.items()}

    @property
    def stored_count(self) -> int:
        """How many pictures lie in its folder, of all versions."""
        return self._pixels.count

    def preview(self, count: int = 8, seed: int = 0) -> dict[str, np.ndarray]:
        """A few pictures of each class, uint8 (up to count, H, W, 3), drawn from all splits; same seed, same ones."""
        random, labels = np.random.default_rng(seed), np.where(self.split_codes == UNLABELLED, -1, self.labels)
        rows = (random.permutation(np.flatnonzero(labels == label))[:count] for label in range(len(self.classes)))
        return {name: self.read_rows(np.sort(chosen)) for name, chosen in zip(self.classes, rows, strict=True)}

    def read_rows(self, rows: np.ndarray) -> np.ndarray:
        """Pictures uint8 (n, H, W, 3) by their rows in this version, read in order of the file."""
        stored = self.stored_rows[rows]
        order, out = np.argsort(stored, kind="stable"), np.empty((len(rows), *self.shape), "uint8")
        step = max(1, READ_BYTES // self.picture_bytes)
        for start in range(0, len(rows), step):
            part = order[start : start + step]
            out[part] = self._read_sorted(stored[part])
        return out

    def _read_sorted(self, rows: np.ndarray) -> np.ndarray:
        pictures = self._pixels.read(rows)
        if pictures is None:
            raise damaged(self.folder)
        return pictures

    @cached_property
    def _rows(self) -> dict[str, np.ndarray]:
        return {name: np.flatnonzero(self.split_codes == code) for code, name in enumerate(SPLITS)}

    @cached_property
    def _split_labels(self) -> dict[str, np.ndarray]:
        return {name: self.labels[rows].astype("int64") for name, rows in self._rows.items()}

    @cached_property
    def names(self) -> Names:
        """The file name that each picture had."""
        return Names(self._folders, self.stored_rows, damaged(self.folder))

    @property
    def unlabelled(self) -> np.ndarray:
        """The rows of the pictures without a class."""
        return np.flatnonzero(self.split_codes == UNLABELLED)

    @property
    def content(self) -> Content:
        """What edits change of it."""
        stays = np.ones(len(self), bool)
        arrays = (self.labels, self.split_codes, self.hashes, self.stored_rows, stays)
        group = self.attributes.get("group")
        return Content(self.classes, *arrays, self.seed, group.numbers if group else None)


class Split:
    """The pictures of one split; index 0 is its first picture, and `rows` are their rows in the data set."""

    def __init__(self, dataset: Dataset, name: str):
        self.dataset, self.split = dataset, name
        self.rows, self.labels = dataset._rows[name], dataset._split_labels[name]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def at_hand(self) -> np.ndarray:
        """The places of the pictures that are here: all of them, unlike those of an excerpt."""
        return np.arange(len(self))

    @property
    def hashes(self) -> np.ndarray:
        """The beginning of the SHA-256 of each picture's pixels, uint8 (n, 16)."""
        hashes: np.ndarray = self.dataset.hashes[self.rows]
        return hashes

    def __repr__(self) -> str:
        return f"Split({self.dataset.name!r}, {self.split!r}, {len(self):,} pictures)"

    @property
    def bytes(self) -> int:
        """Memory that the whole split takes."""
        return len(self) * self.dataset.picture_bytes

    @property
    def fits(self) -> bool:
        """Whether the split may stay in memory: at most 512 MB and a quarter of what is free."""
        return self.bytes <= min(RESIDENT_BYTES, RESIDENT_SHARE * memory.available())

    def read(self, indices: Iterable[int]) -> np.ndarray:
        """Pictures uint8 (n, H, W, 3) in the order of the indices: from memory after `load`, else from disk."""
        indices = np.asarray(indices, dtype="int64")
        resident = self.dataset._resident.get(self.split)
        if resident is not None:
            return resident[indices]
        return self.dataset.read_rows(self.rows[indices])

    def keep(self) -> bool:
        """Keep the pictures in memory, where `read` is 5 times as fast, if they fit there; tells whether they do."""
        if self.dataset._resident.get(self.split) is None and self.fits:
            self.load()
        return self.dataset._resident.get(self.split) is not None

    def load(self) -> np.ndarray:
        """All pictures, read-only; kept in memory for the next reader when they fit there."""
        with self.dataset._loading:
            resident = self.dataset._resident.get(self.split)
            if resident is not None:
                return resident
            pictures = self.dataset.read_rows(self.rows)
            pictures.setflags(write=False)
            if self.fits:
                self.dataset._resident[self.split] = pictures
            return pictures

    def name(self, index: int) -> str:
        """The file name that a picture had."""
        return self.dataset.names[self.rows[index]]


def damaged(folder: Path, why: str = "") -> Refused:
    """The refusal for a data set with missing or changed files, with what else is known of it."""
    name, others = folder.name, len(versions.numbers(folder)) > 1
    rescue = f"go to another of its versions (`data go {name} 1`), or " if others else ""
    return Refused(
        Kind.MISSING_DATA,
        f"The stored data set {name!r} is damaged or half there: {rescue}remove it (`data remove {name}`) "
        f"and add it again.{why and f' {why}'}",
    )
