"""Walks through the HDF5 file of weights: only numbers, only inside the file, only finite ones."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import prod
from typing import IO, Any

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.modelfiles.config import too_large, unsafe

Shape = tuple[int, ...]

CHUNK = 1 << 22  # bytes of weights looked at together
MAX_OBJECTS = 100_000
BUILT_IN_FILTERS = {1, 2, 3}  # deflate, shuffle, checksum; others would be loaded as programs


def check(file: IO[bytes], size: int) -> list[Shape]:
    """The shapes of the arrays; raises Refused unless each is plain finite numbers that a file of `size` can hold."""
    shapes, declared = list[Shape](), 0
    try:
        import h5py

        with h5py.File(file, "r") as root:
            for dataset in _datasets(root):
                declared += _dataset(dataset, size)
                shapes.append(dataset.shape)
    except (MemoryError, RecursionError):
        raise too_large("its weights take too much memory") from None
    except Refused:
        raise
    except Exception as error:  # h5py raises nearly every kind for a damaged file
        raise Refused(
            Kind.CORRUPT_MODEL, "The weights in the model file are damaged; save or copy it again."
        ) from error
    _not_more_than_stored(declared, size)
    return shapes


def compare(asked: Sequence[tuple[int | None, ...]], stored: Sequence[Shape]) -> None:
    """Raise Refused unless the arrays that a network asks for are among those stored; others may stand beside them."""
    numbers = sum(prod(side or 0 for side in shape) for shape in asked), sum(map(prod, stored))
    if numbers[0] > numbers[1]:
        raise too_large(f"its description asks for {numbers[0]:,} weights, and its file holds {numbers[1]:,}")
    missing = Counter(asked) - Counter(stored)
    if missing:
        shape = " x ".join(map(str, next(iter(missing)))) or "a single number"
        message = f"The model isn't loaded: its description asks for weights of {shape}, which its file doesn't hold."
        raise Refused(Kind.CORRUPT_MODEL, f"{message} Save or copy it again.")


def _datasets(root: Any) -> Iterator[Any]:
    """Every dataset, each once; only hard links are followed, so nothing outside the file is."""
    import h5py

    waiting, addresses = [root], set[int]()
    while waiting:
        group = waiting.pop()
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise unsafe("its weights refer to another file or place")
            part = group[name]
            address = h5py.h5o.get_info(part.id).addr
            if address in addresses:
                continue
            addresses.add(address)
            if len(addresses) > MAX_OBJECTS:
                raise too_large("its weights have too many parts")
            if isinstance(part, h5py.Group):
                waiting.append(part)
            else:
                yield part


def _dataset(dataset: Any, size: int) -> int:
    """Check one array and give the bytes that it unpacks to."""
    if dataset.external or dataset.is_virtual:
        raise unsafe("its weights refer to another file")
    is_bfloat16 = dataset.dtype.kind == "V" and dataset.dtype.itemsize == 2
    if dataset.dtype.kind not in "biuf" and not is_bfloat16:
        raise unsafe("its weights hold something that is no number")
    plan = dataset.id.get_create_plist()
    if any(plan.get_filter(index)[0] not in BUILT_IN_FILTERS for index in range(plan.get_nfilters())):
        raise unsafe("its weights are packed in a way that needs a program to unpack")
    declared = dataset.size * dataset.dtype.itemsize
    _not_more_than_stored(declared, size)
    _not_more_than_stored(prod(dataset.chunks or ()) * dataset.dtype.itemsize, size)  # unpacked whole for one number
    if dataset.dtype.kind == "f" and not all(np.isfinite(part).all() for part in _parts(dataset)):
        message = "The model has weights that are infinite or not a number, so every answer would be; train it again."
        raise Refused(Kind.NON_FINITE_WEIGHTS, message)
    return declared


def _parts(dataset: Any) -> Iterator[np.ndarray]:
    """An array in pieces of about CHUNK bytes."""
    if dataset.ndim == 0:
        yield dataset[()]
        return
    rows = max(1, CHUNK // max(1, dataset.nbytes // max(1, len(dataset))))
    for start in range(0, len(dataset), rows):
        yield dataset[start : start + rows]


def _not_more_than_stored(declared: int, size: int) -> None:
    if declared > 2 * size + CHUNK:
        raise too_large("its weights claim to be larger than the file")
