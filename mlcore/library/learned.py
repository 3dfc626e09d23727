"""What a model learned from, as hashes beside it: its pictures are recognised in other data sets."""

import io
from pathlib import Path

import numpy as np

from mlcore import data, durable, reader
from mlcore.data import Dataset
from mlcore.data.writer import HASH_BYTES
from mlcore.errors import Kind, Refused

FILE = "learned.npy"
MOST_BYTES = 2**28  # of hashes, 16 a picture
LEARNED = ("train", "val")  # the second chose the epoch and the temperature


def keep(folder: Path, dataset: Dataset) -> None:
    """Write the hashes of training and validation pictures into a model's folder."""
    buffer = io.BytesIO()
    np.save(buffer, _of(dataset), allow_pickle=False)
    durable.write_bytes(folder / FILE, buffer.getvalue())


def hashes(folder: Path, name: str, fingerprint: str) -> np.ndarray | None:
    """Keys (n,) of the pictures that a model learned from, from its folder or from its data; None where neither is."""
    try:
        return keys(_whole(reader.array(folder / FILE, MOST_BYTES)))
    except Refused:
        version = data.version_of(name, fingerprint)
        return keys(_of(data.open(name, version=version))) if version else None


def keys(hashes: np.ndarray) -> np.ndarray:
    """Hashes uint8 (n, 16) as values (n,) that can be compared."""
    return np.ascontiguousarray(hashes, "uint8").view(f"S{HASH_BYTES}").reshape(-1)


def _whole(hashes: np.ndarray) -> np.ndarray:
    """Hashes as they are kept; raises Refused(unreadable-file) for an array of another shape."""
    if hashes.dtype != np.uint8 or hashes.ndim != 2 or hashes.shape[1] != HASH_BYTES:
        raise Refused(Kind.UNREADABLE_FILE, f"{FILE!r} holds something else than hashes.")
    return hashes


def _of(dataset: Dataset) -> np.ndarray:
    return np.concatenate([dataset.split(name).hashes for name in LEARNED])
