"""Files in PyTorch's old format, put together byte by byte, so that no PyTorch is needed to test their reader."""

import struct

import numpy as np

TYPES = {"float32": "FloatStorage", "int64": "LongStorage"}


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def integer(value: int) -> bytes:
    size = (value.bit_length() + 8) // 8
    return b"\x8a" + bytes([size]) + value.to_bytes(size, "little", signed=True)


def counts(values) -> bytes:
    return b"(" + b"".join(map(integer, values)) + b"t"


def name(module: str, attribute: str) -> bytes:
    return f"c{module}\n{attribute}\n".encode()


def whole(*operations: bytes) -> bytes:
    """A pickle of these operations."""
    return b"\x80\x02" + b"".join(operations) + b"."


MAGIC = whole(integer(0x1950A86A20F9469CFC6C))
PROTOCOL = whole(integer(1001))
SYSTEM = whole(b"}(", text("protocol_version"), integer(1001), text("little_endian"), b"\x88", b"u")
HEAD = MAGIC + PROTOCOL + SYSTEM
DICTIONARY = name("collections", "OrderedDict") + b")R"


def storage(key: str, count: int, kind: str = "FloatStorage") -> bytes:
    """A reference to values that follow."""
    return b"(" + text("storage") + name("torch", kind) + text(key) + text("cpu") + integer(count) + b"NtQ"


def tensor(reference: bytes, shape, strides, offset: int = 0) -> bytes:
    call = name("torch._utils", "_rebuild_tensor_v2") + b"(" + reference + integer(offset)
    return call + counts(shape) + counts(strides) + b"\x89" + DICTIONARY + b"tR"


def state(tensors: dict[str, bytes], *more: bytes) -> bytes:
    return whole(DICTIONARY, b"(", *(text(key) + value for key, value in tensors.items()), b"u", *more)


def keys(*names: str) -> bytes:
    return whole(b"](", *map(text, names), b"e")


def values(*numbers, dtype: str = "<f4") -> bytes:
    return struct.pack("<q", len(numbers)) + np.array(numbers, dtype).tobytes()


def saved(arrays: dict[str, np.ndarray]) -> bytes:
    """Arrays as PyTorch saves them: as they lie in memory, with their strides."""
    tensors, rows = {}, []
    for label, array in arrays.items():
        flat = array.ravel(order="K")
        strides = [stride // array.itemsize for stride in array.strides]
        reference = storage(label, array.size, TYPES[str(array.dtype)])
        tensors[label] = tensor(reference, array.shape, strides)
        rows.append(struct.pack("<q", flat.size) + flat.tobytes())
    return HEAD + state(tensors) + keys(*arrays) + b"".join(rows)
