"""Whether a video file is whole, by the lengths that its parts state; players gloss over a missing end."""

import struct

from mlcore.images.structure import boxes, cut_off, damaged

SEGMENT = b"\x18\x53\x80\x67"  # the part of a Matroska file that holds everything but the header (RFC 9559)


def check(name: str, data: bytes) -> None:
    """Raise Refused when the end of the file is missing."""
    try:
        _WALKS[name](name, memoryview(data))
    except (struct.error, IndexError, OverflowError):
        raise cut_off(name) from None


def _riff(name: str, data: memoryview) -> None:
    if struct.unpack_from("<4xI", data)[0] + 8 > len(data):
        raise cut_off(name)


def _matroska(name: str, data: memoryview) -> None:
    """The header, then the segment; one that was streamed states no length."""
    length, start = _size(data, 4)
    if data[start + length : start + length + 4] != SEGMENT:
        raise damaged(name)
    length, start = _size(data, start + length + 4)
    if start + length > len(data) and length != _UNKNOWN:
        raise cut_off(name)


_UNKNOWN = -1


def _size(data: memoryview, at: int) -> tuple[int, int]:
    """A length of one to eight bytes and where it ends (RFC 8794, section 4); -1 when it is unknown."""
    width = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + width], "big") & (1 << 7 * width) - 1
    if width > 8 or at + width > len(data):
        raise IndexError
    return (_UNKNOWN if value == (1 << 7 * width) - 1 else value), at + width


_WALKS = {"MP4 video": boxes, "QuickTime video": boxes, "AVI video": _riff, "Matroska or WebM video": _matroska}
