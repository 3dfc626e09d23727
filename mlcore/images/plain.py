"""A JPEG without metadata: its decoder gives the very same pixels, and nobody learns where or by whom it was taken."""

import re
from collections.abc import Iterator

from mlcore.images import opening
from mlcore.signatures import identify

START, END = b"\xff\xd8", b"\xff\xd9"
JFIF, ADOBE = 0xE0, 0xEE  # these say how the colours are coded; all other APPn and comments go
METADATA = {*range(0xE0, 0xF0), 0xFE}
END_MARK, SCAN = 0xD9, 0xDA
ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
MARKER = re.compile(rb"\xff+([^\x00\xff])")
AFTER_SCAN = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")  # not a restart, which belongs to the scan


def plain(data: bytes) -> bytes | None:
    """The file without EXIF, GPS, profile, comments and what follows its end; None where it isn't a plain JPEG.

    Plain is a JPEG in grey or three colours that no EXIF mark turns and no stray bytes part: what a decoder makes of
    those, nobody knows. Ask it of files that `decode` took.
    """
    signature = identify(data)
    if not signature or signature.name != "JPEG":
        return None
    image = opening.opened(data, "JPEG")
    if image.mode not in ("L", "RGB") or opening.orientation(image) not in (0, 1):
        return None
    try:
        return b"".join((START, *_kept(data), END))
    except ValueError:
        return None


def _kept(data: bytes) -> Iterator[bytes]:
    for marker, segment in _segments(data):
        if marker == JFIF and segment[4:9] == b"JFIF\0":
            yield b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0"  # without the small picture that it may carry
        elif marker not in METADATA or (marker == ADOBE and segment[4:9] == b"Adobe"):
            yield segment


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with all that belongs to it: its header, and after a scan's the coded pixels.

    Raises ValueError where one doesn't follow the other, or is longer than the file.
    """
    position = len(START)
    while position < len(data):
        match = MARKER.match(data, position)
        if not match or (marker := match[1][0]) in ALONE:
            raise ValueError("stray bytes")
        if marker == END_MARK:
            return
        start, position = match.end() - 2, match.end()
        position += int.from_bytes(data[position : position + 2], "big")
        if marker == SCAN:
            end = AFTER_SCAN.search(data, position)
            position = end.start() if end else len(data)
        if position > len(data):
            raise ValueError("cut off")
        yield marker, data[start:position]
