"""Compressed files read from front to back, with an eye on how much comes out of how little."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol

from mlcore.archives import limits

CHUNK = 1 << 14  # packed bytes at once: little, so that a bomb is noticed early
MOST_AT_ONCE = 1 << 20  # unpacked bytes at once
LZMA_MEMORY = 128 << 20  # bytes; `xz -9` needs 65 MB


class Decompressor(Protocol):
    """What unpacks one compressed stream, as bz2's and lzma's do."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class Plain:
    """An uncompressed file under the same name as `Unpacked`."""

    def __init__(self, file: BinaryIO):
        self._file = file

    def at(self, offset: int, size: int) -> bytes:
        """The bytes from an offset on; fewer at the end of the file."""
        self._file.seek(offset)
        return self._file.read(size)


class Unpacked:
    """The content of a .gz, .bz2 or .xz file by offset: forward is quick, backward begins again.

    Raises Refused when it is damaged, or unpacks to 32 MB and more than 200 times its size, or beyond its limits.
    """

    def __init__(self, file: BinaryIO, format: str, allowed: limits.Limits):
        self._file, self._new, self._allowed = file, _DECOMPRESSORS[format], allowed
        self._rewind()

    def at(self, offset: int, size: int) -> bytes:
        """The bytes from an offset on; fewer at the end of the content."""
        if offset < self._start:
            self._rewind()
        while not self._ended and (end := self._start + len(self._buffer)) < offset + size:
            if end <= offset:
                self._drop(len(self._buffer))
            self._fill()
        self._drop(min(offset - self._start, len(self._buffer)))
        return bytes(self._buffer[:size]) if self._start == offset else b""

    def _rewind(self) -> None:
        self._file.seek(0)
        self._packed, self._start, self._ended = 0, 0, False
        self._buffer = bytearray()
        self._stream = self._new()

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._start += size

    def _fill(self) -> None:
        """Unpack a little more; several compressed streams may follow one another, with zeros at the end."""
        data = b""
        if self._stream.eof:
            data = self._stream.unused_data.lstrip(b"\0") or self._more().lstrip(b"\0")
            if not data:
                self._ended = True
                return
            self._stream = self._new()
        elif self._stream.needs_input and not (data := self._more()):
            raise limits.corrupt("it ends too early")
        try:
            self._buffer += self._stream.decompress(data, MOST_AT_ONCE)
        except (zlib.error, OSError, EOFError, lzma.LZMAError) as error:
            raise limits.corrupt("it can't be unpacked") from error
        self._weigh(self._start + len(self._buffer))

    def _more(self) -> bytes:
        data = self._file.read(CHUNK)
        self._packed += len(data)
        return data

    def _weigh(self, unpacked: int) -> None:
        if unpacked > limits.FREE_STREAM + self._packed * limits.MAX_RATIO:
            raise limits.bomb(f"it unpacks to more than {limits.MAX_RATIO} times its size")
        self._allowed.weigh(unpacked / 1.1)  # a TAR's own headers are extra


class _Gzip:
    """zlib's decompressor with the manners of bz2's and lzma's."""

    def __init__(self) -> None:
        self._stream, self._waiting = zlib.decompressobj(wbits=31), b""

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._waiting

    def decompress(self, data: bytes, most: int) -> bytes:
        unpacked = self._stream.decompress(self._waiting + data, most)
        self._waiting = self._stream.unconsumed_tail
        return unpacked


_DECOMPRESSORS: dict[str, Callable[[], Decompressor]] = {
    "gzip": _Gzip,
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=LZMA_MEMORY),
}
