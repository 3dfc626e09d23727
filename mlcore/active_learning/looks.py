"""Looks: what a frozen backbone makes of the pictures of a data set, by their hashes, so that it sees each one once.

They are kept for all versions of the set: a new label changes no picture.
"""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mlcore import reader
from mlcore.backbones import Backbone
from mlcore.data import Dataset, near_copies
from mlcore.errors import Refused
from mlcore.home import in_home
from mlcore.progress import Progress, silent
from mlcore.teach import features

CHUNK = 64  # pictures at a time: about a second of a large backbone, so that others needn't wait long
Look = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Looks:
    """Features float32 (n, C) of pictures, and thumbnails uint8 (n, 16, 16, 3) that show near copies."""

    features: np.ndarray
    thumbnails: np.ndarray


def looks(dataset: Dataset, rows: np.ndarray, backbone: Backbone, progress: Progress = silent) -> Looks:
    """What the backbone makes of these rows; only pictures that it hasn't seen yet are looked at.

    An exception raised by `progress` ends the work; what was seen by then is kept.
    """
    path = in_home("cache/features") / f"{dataset.name}-{backbone.fingerprint}.npz"
    keys = [one.tobytes() for one in dataset.hashes[rows]]
    known = _read(path)
    missing = np.array([row for key, row in dict(zip(keys, rows, strict=True)).items() if key not in known], int)
    try:
        for start in range(0, len(missing), CHUNK):
            some = missing[start : start + CHUNK]
            known |= _seen(dataset, some, backbone)
            progress((start + len(some)) / len(missing), "Looking at the pictures")
    finally:
        if len(missing):
            _keep(path, known, dataset)
    return Looks(*(np.stack(column) for column in zip(*(known[key] for key in keys), strict=True)))


def _seen(dataset: Dataset, rows: np.ndarray, backbone: Backbone) -> dict[bytes, Look]:
    pictures = dataset.read_rows(rows)
    seen = features.opened(backbone, dataset.shape)(pictures)
    small = [near_copies.thumbnail(picture) for picture in pictures]
    return {key.tobytes(): look for key, look in zip(dataset.hashes[rows], zip(seen, small, strict=True), strict=True)}


def _keep(path: Path, known: dict[bytes, Look], dataset: Dataset) -> None:
    here = {one.tobytes() for one in dataset.hashes}
    kept = {key: look for key, look in known.items() if key in here}
    if kept:
        file, (seen, small) = io.BytesIO(), map(np.stack, zip(*kept.values(), strict=True))
        hashes = np.frombuffer(b"".join(kept), "uint8").reshape(len(kept), -1)
        np.savez(file, hashes=hashes, features=seen, thumbnails=small)
        features.keep(path, file.getvalue())


def _read(path: Path) -> dict[bytes, Look]:
    """What is kept by the hashes of the pictures; nothing where there is none, or a disk has damaged it."""
    try:
        arrays = reader.arrays(path, features.MOST_BYTES)
        columns = zip(arrays["features"], arrays["thumbnails"], strict=True)
        return {key.tobytes(): look for key, look in zip(arrays["hashes"], columns, strict=True)}
    except (Refused, KeyError, ValueError):
        return {}
