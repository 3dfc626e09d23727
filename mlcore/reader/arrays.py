"""NumPy arrays read with care: plain numbers and texts, of exactly the size that their file has, within bounds."""

import io
import math
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.reader.files import content, opened

MOST_BYTES = 128 * 2**20
LONGEST_HEADER = 1000  # bytes
# No objects, records or dates, and sides of at most 18 digits.
HEADER = re.compile(
    rb"\{'descr': '(?P<type>[<>|][biufSU]\d{1,9})', 'fortran_order': (?P<order>True|False), "
    rb"'shape': \((?P<shape>(?:\d{1,18}(?:, ?|(?=\)))){0,8})\), \}\s*"
)
MOST_DIRECTORY = 2**20  # bytes that say what an npz holds
END = struct.Struct("<4s4H2LH")  # the last record of a ZIP, as APPNOTE.TXT 4.3.16 has it
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGE = (ValueError, TypeError, OSError, MemoryError, OverflowError)
ZIP_DAMAGE = (
    *DAMAGE,
    KeyError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    IndexError,
)


def array(path: Path, most: int = MOST_BYTES) -> np.ndarray:
    """The array in an npy file; raises Refused(missing-file, unreadable-file)."""
    return array_in(content(path, most), repr(path.name))


def array_in(data: bytes, name: str = "This array") -> np.ndarray:
    """The array in the bytes of an npy file; raises Refused(unreadable-file)."""
    try:
        file = io.BytesIO(data)
        shape, fortran, dtype = _header(file, len(data))
        values = np.frombuffer(data, dtype, offset=file.tell()).reshape(shape, order="F" if fortran else "C")
        return values.copy()
    except DAMAGE:
        raise _refused(name) from None


def shape_of(path: Path) -> tuple[int, ...]:
    """The shape of the array in an npy file, whose numbers aren't read; raises Refused as `array` does."""
    with opened(path) as file:
        try:
            return _header(file, file.seek(0, io.SEEK_END))[0]
        except DAMAGE:
            raise _refused(repr(path.name)) from None


def mapped(path: Path) -> np.ndarray:
    """The array in an npy file, read from the disk where it is looked at; raises Refused as `array` does."""
    with opened(path) as file:
        try:
            shape, fortran, dtype = _header(file, file.seek(0, io.SEEK_END))
            if 0 in shape:
                return np.zeros(shape, dtype)
            return np.memmap(file, dtype, "r", file.tell(), shape, "F" if fortran else "C")
        except DAMAGE:
            raise _refused(repr(path.name)) from None


def arrays(path: Path, most: int = MOST_BYTES) -> dict[str, np.ndarray]:
    """The arrays in an npz file by their names, unpacked at most so many bytes; raises Refused as `array` does."""
    return arrays_in(content(path, most), most, repr(path.name))


def arrays_in(data: bytes, most: int = MOST_BYTES, name: str = "This file") -> dict[str, np.ndarray]:
    """The arrays in the bytes of an npz file; raises Refused(unreadable-file)."""
    try:
        _refuse_long_directory(data)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            packed_oddly = any(each.compress_type not in PACKED for each in members)
            if packed_oddly or sum(each.file_size for each in members) > most:
                raise ValueError("larger than it needs to be")
            return {each.filename.removesuffix(".npy"): array_in(archive.read(each)) for each in members}
    except (Refused, *ZIP_DAMAGE):
        raise Refused(Kind.UNREADABLE_FILE, f"{name} isn't a whole file of arrays.") from None


def _refused(name: str) -> Refused:
    return Refused(Kind.UNREADABLE_FILE, f"{name} isn't a whole array of numbers.")


def _header(file: BinaryIO, size: int) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, order and type of the array that a file begins with; its end is checked, then it is read.

    As NEP 1 has it: a mark, a version, a length and the text of a dictionary, here in the very words of `np.save`.
    """
    file.seek(0)
    mark, wide = file.read(6), file.read(2) != b"\x01\x00"
    text = file.read(min(LONGEST_HEADER, int.from_bytes(file.read(4 if wide else 2), "little")))
    match = HEADER.fullmatch(text)
    if mark != b"\x93NUMPY" or not match:
        raise ValueError("not an array of ours")
    shape, dtype = tuple(int(side) for side in re.findall(rb"\d+", match["shape"])), np.dtype(match["type"].decode())
    if not dtype.itemsize or size != file.tell() + math.prod(shape) * dtype.itemsize:
        raise ValueError("not as long as it says")
    return shape, match["order"] == b"True", dtype


def _refuse_long_directory(data: bytes) -> None:
    """What a ZIP holds is listed at its end; a list of millions takes memory before anything of it is read."""
    mark, *_, directory, _, comment = END.unpack(data[-END.size :])
    elsewhere = len(data) < 2**32 and b"PK\x06\x07" in data[-42:]  # a second list, as only larger files need
    if mark != b"PK\x05\x06" or comment or directory > MOST_DIRECTORY or elsewhere:
        raise ValueError("not an npz of ours")
