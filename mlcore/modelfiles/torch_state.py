"""PyTorch weights (a state dictionary in the format before 1.6), read without PyTorch and without running code.

Such a file is five pickles: a magic number, the protocol, the system, the state, whose tensors refer to storages, and
the storages' keys in order; then for each storage its count (little-endian int64) and its raw values. A tensor is a
view of its storage by offset, shape and strides: what was transposed last is stored in its old order.
"""

import struct
from dataclasses import dataclass
from math import prod
from typing import Any, NoReturn

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.modelfiles.pickles import Dialect, Name, corrupt, load, unsafe

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
MAX_FILE = 600_000_000  # bytes
MAX_AXES = 8
DTYPES = {"torch.FloatStorage": "<f4", "torch.LongStorage": "<i8"}
TENSOR, DICTIONARY = "torch._utils._rebuild_tensor_v2", "collections.OrderedDict"


@dataclass(frozen=True)
class Storage:
    """A row of values that stands further behind in the file."""

    key: str
    dtype: str
    count: int


@dataclass(frozen=True)
class Tensor:
    """A view of a storage; offset and strides count values."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read(data: bytes) -> dict[str, np.ndarray]:
    """The tensors of a file's content by name, float32 or int64; raises Refused.

    Of the kinds unsafe-model, corrupt-model, model-too-large and non-finite-weights.
    """
    if len(data) > MAX_FILE:
        message = f"The file of weights has {len(data) / 1e6:,.0f} MB, and {MAX_FILE / 1e6:.0f} MB are allowed."
        raise Refused(Kind.MODEL_TOO_LARGE, message)
    state, keys, start = _described(data)
    tensors = {name: tensor for name, tensor in state.items() if isinstance(tensor, Tensor)}
    if len(tensors) != len(state):
        raise corrupt("it holds something that is no tensor")
    storages = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    if any(storages[tensor.storage.key] != tensor.storage for tensor in tensors.values()):
        raise corrupt("two of its tensors contradict each other")
    values = _values(data, start, [storages.get(key) for key in keys])
    return {name: _array(tensor, values.get(tensor.storage.key)) for name, tensor in tensors.items()}


def _described(data: bytes) -> tuple[dict[str, Any], list[str], int]:
    """The state, the storages' keys, and where their values begin."""
    magic, offset = load(data, 0, PLAIN) if data[:1] == b"\x80" else (None, 0)
    if magic != MAGIC:
        raise corrupt("it doesn't begin as PyTorch's files did before version 1.6")
    protocol, offset = load(data, offset, PLAIN)
    system, offset = load(data, offset, PLAIN)
    if protocol != PROTOCOL or not isinstance(system, dict) or system.get("little_endian") is not True:
        raise corrupt("it was written by another version or on another kind of machine")
    state, offset = load(data, offset, STATE)
    keys, offset = load(data, offset, PLAIN)
    listed = isinstance(keys, list) and all(isinstance(key, str) for key in keys)
    if not isinstance(state, dict) or not listed or len(set(keys)) != len(keys):
        raise corrupt("its table of contents can't be read")
    return state, keys, offset


def _values(data: bytes, start: int, storages: list[Storage | None]) -> dict[str, np.ndarray]:
    """Each storage's values by its key; they lie one behind the other up to the end of the file."""
    values = {}
    for storage in storages:
        if storage is None:
            raise corrupt("it lists values that no tensor refers to")
        if start + 8 > len(data) or struct.unpack_from("<q", data, start)[0] != storage.count:
            raise corrupt("a count in it is wrong")
        end = start + 8 + storage.count * np.dtype(storage.dtype).itemsize
        if end > len(data):
            raise corrupt("its end is missing")
        values[storage.key] = np.frombuffer(data, storage.dtype, storage.count, start + 8)
        start = end
    if start != len(data):
        raise corrupt("something follows its end")
    return values


def _array(tensor: Tensor, values: np.ndarray | None) -> np.ndarray:
    """The tensor as an array of its own, in row order."""
    last = tensor.offset + sum((side - 1) * stride for side, stride in zip(tensor.shape, tensor.strides, strict=True))
    size = prod(tensor.shape)
    if values is None or size > len(values) or (size > 0 and last >= len(values)):
        raise corrupt("a tensor reaches beyond its values")
    steps = [stride * values.itemsize for stride in tensor.strides]
    view = np.lib.stride_tricks.as_strided(values[tensor.offset :], tensor.shape, steps, writeable=False)
    if not np.isfinite(view).all():
        raise Refused(Kind.NON_FINITE_WEIGHTS, "The file holds weights that are infinite or not a number.")
    return np.array(view, order="C")


def _refused_reference(given: Any) -> NoReturn:
    raise unsafe("something outside of it")


def _refused_call(name: str, arguments: tuple) -> NoReturn:
    raise unsafe(repr(name))


def _storage(given: Any) -> Storage:
    """What a reference stands for: ("storage", its type, key, device, count, None)."""
    match given:
        case ("storage", Name(text=name), str(key), str(), int(count), None) if name in DTYPES and count >= 0:
            return Storage(key, DTYPES[name], count)
    raise corrupt("it refers to something that is no storage")


def _called(name: str, arguments: tuple) -> Any:
    """An empty dictionary, or a tensor of (storage, offset, shape, strides, learns, hooks)."""
    if name == DICTIONARY and not arguments:
        return {}
    if name != TENSOR or len(arguments) != 6 or not isinstance(arguments[0], Storage):
        raise corrupt("a tensor in it isn't described as one")
    storage, offset, shape, strides = arguments[:4]
    if not _are_counts((offset,)) or not _are_counts(shape) or not _are_counts(strides) or len(shape) != len(strides):
        raise corrupt("a tensor in it has an impossible shape")
    return Tensor(storage, offset, shape, strides)


def _are_counts(values: Any) -> bool:
    few = isinstance(values, tuple) and len(values) <= MAX_AXES
    return few and all(type(value) is int and 0 <= value <= MAX_FILE for value in values)


PLAIN = Dialect(frozenset(), _refused_call, _refused_reference)
STATE = Dialect(frozenset({DICTIONARY, TENSOR, *DTYPES}), _called, _storage)
