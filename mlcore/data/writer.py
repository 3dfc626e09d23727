"""Write a data set picture by picture: memory holds one picture and a few bytes for each that passed.

    meta.json      what it is: classes, shape, split sizes, notices
    pictures.bin   raw uint8 rows (H, W, 3), or clips (T, H, W, 3), one after the other; or, in a packed store,
    shard-00000.bin ... and index.npy   JPEG files and where each begins
    labels.npy     class index per row
    splits.npy     0 train, 1 val, 2 test per row
    hashes.npy     16 bytes per row: sha256 of the picture as it was decoded, before it was made to fit
    names.txt      file name per row, each a JSON text
    attributes.npz further facts of each row, where there are any (`data/attributes.py`)

A flat file read by offset was quicker and flatter in memory than memmap, TFRecord, parquet or npz.
"""

import hashlib
import json
from array import array
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Protocol, Self

import numpy as np

from mlcore.data.attributes import Columns
from mlcore.data.flat_writer import FlatWriter
from mlcore.data.packed_writer import PackedWriter
from mlcore.data.sources import Example
from mlcore.data.splits import SPLITS, TRAIN

VERSION = 1
HASH_BYTES = 16
CODES = (*SPLITS, "unlabelled")


class PixelWriter(Protocol):
    """Where the pictures of a new data set go."""

    def add(self, example: Example) -> None: ...

    def close(self) -> None: ...


class Writer:
    """Takes examples and keeps them in an unfinished folder, in a store of pixels of a shape or of packed files.

    `changed` counts those that have another size than the set.
    """

    def __init__(self, folder: Path, shape: tuple[int, ...], store: str = "flat"):
        self.shape, self.changed = shape, 0
        self.labels, self._splits, self._hashes = array("i"), bytearray(), bytearray()
        self.columns = Columns()
        self._files = ExitStack()
        self._names = self._files.enter_context(_written(folder / "names.txt"))
        self._pixels: PixelWriter = PackedWriter(folder) if store == "packed" else FlatWriter(folder, shape)
        self._files.callback(self._pixels.close)

    def __len__(self) -> int:
        return len(self.labels)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def add(self, example: Example) -> None:
        """Keep one example."""
        self._pixels.add(example)
        self.changed += example.pixels.shape != self.shape
        self.labels.append(example.label)
        self._splits.append(CODES.index(example.split) if example.split else TRAIN)
        self._hashes += hashlib.sha256(np.ascontiguousarray(example.pixels).data).digest()[:HASH_BYTES]
        self._names.write(json.dumps(example.name).encode() + b"\n")
        self.columns.add(example.attributes)

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Labels int32 (n,), given splits uint8 (n,) and hashes uint8 (n, 16) of what was kept so far."""
        hashes = np.frombuffer(bytes(self._hashes), "uint8").reshape(-1, HASH_BYTES)
        return np.array(self.labels, "int32"), np.frombuffer(bytes(self._splits), "uint8"), hashes


def _written(path: Path) -> BinaryIO:
    return open(path, "wb", buffering=1 << 20)


def fingerprint(
    shape: Iterable[int], classes: Iterable[str], labels: np.ndarray, splits: np.ndarray, hashes: np.ndarray
) -> str:
    """Sixteen hexadecimal digits that differ when any picture, class, split or the size differs."""
    digest = hashlib.sha256(json.dumps([VERSION, list(shape), list(classes)]).encode())
    for values, kind in ((labels, "<i4"), (splits, "u1"), (hashes, "u1")):
        digest.update(np.ascontiguousarray(values, kind).data)
    return digest.hexdigest()[:16]
