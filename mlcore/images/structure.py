"""Walks through a picture file's parts before any decoder sees it: is it whole, how many frames, how much metadata.

Decoders are lenient: a file cut off in its last bytes, or with a damaged checksum, often still gives pixels. They also
follow counts that a hostile file only claims. These walks read lengths and nothing else.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from functools import partial

from mlcore.errors import Kind, Refused

MAX_DECODED = 160_000_000  # bytes of a picture in memory: those sold with 50 megapixels give up to 51.1 million
MAX_PIXELS = MAX_DECODED // 3
MAX_JPEG_PIXELS = 110_000_000  # read at half their size; cameras give up to 102 million, telephones 108
MAX_COEFFICIENTS = 430_000_000  # bytes that a JPEG of several scans takes until its last: what MAX_PIXELS of CMYK need
MAX_FRAMES = 1000  # a minute of animation at 16 frames a second
MAX_METADATA = 4 << 20  # the largest printing profiles are 2 to 3 MB
MAX_PARTS = 1 << 17  # PNG chunks, TIFF strips; more only slow a decoder down
MAX_SCANS = 64  # a progressive JPEG has about 10
ALLOWED = f"{MAX_PIXELS // 10**6} million are allowed, and {MAX_JPEG_PIXELS // 10**6} million as JPEG"


def check(format: str, data: bytes) -> int:
    """How many frames the file holds (1 where only the decoder knows); raises Refused when it isn't whole."""
    try:
        return _WALKS[format](memoryview(data))
    except (struct.error, IndexError, OverflowError):  # the last for a place beyond any file, as BigTIFF can say
        raise cut_off(format) from None


def too_many_pixels(width: int, height: int, format: str = "") -> None:
    """Raise Refused when a picture would take too much memory; a header's claim is enough."""
    most = MAX_JPEG_PIXELS if format == "JPEG" else MAX_PIXELS
    if width * abs(height) > most:
        message = f"The picture has {width:,} x {abs(height):,} pixels; {ALLOWED}."
        raise Refused(Kind.TOO_MANY_PIXELS, message)


def shrinking(width: int, height: int) -> int:
    """By how much a JPEG has to be read smaller to fit into memory: 1 (whole), 2 (half its size), 4 or 8."""
    return next((scale for scale in (1, 2, 4) if width * height <= MAX_PIXELS * scale**2), 8)


def too_many_frames(frames: int) -> None:
    """Raise Refused when an animation is too long to be a picture."""
    if frames > MAX_FRAMES:
        message = f"The file holds {frames:,} frames; a picture may have {MAX_FRAMES:,}."
        raise Refused(Kind.TOO_MANY_FRAMES, message)


def too_much_metadata(size: int) -> None:
    """Raise Refused when texts, profiles and EXIF data take more bytes than a picture needs."""
    if size > MAX_METADATA:
        message = f"The file carries {size / 1e6:.0f} MB of metadata; {MAX_METADATA / 1e6:.0f} MB are allowed."
        raise Refused(Kind.METADATA_TOO_LARGE, message)


def damaged(format: str) -> Refused:
    """The refusal for a file of a known format that can't be decoded."""
    return Refused(Kind.TRUNCATED_OR_CORRUPT, f"The file begins as {format} but is damaged: it can't be decoded.")


def cut_off(format: str) -> Refused:
    """The refusal for a file whose end is missing."""
    return Refused(Kind.TRUNCATED_OR_CORRUPT, f"The {format} file is cut off: its end is missing. Copy it again.")


class NoEndMark(Refused):
    """A JPEG of which all scans are begun and only the last marker is missing: it may be whole."""


def unsupported_coding(format: str, what: str) -> Refused:
    """The refusal for a rare way of storing pixels inside an allowed format."""
    message = f"This {format} file stores its pixels as {what}; save it with 8 bits per channel in a common coding."
    return Refused(Kind.UNSUPPORTED_PIXEL_TYPE, message)


def _png(data: memoryview) -> int:
    frames, texts, position = 1, 0, 8
    too_many_pixels(*struct.unpack_from(">II", data, 16))
    for _ in range(MAX_PARTS):
        length, name = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        (stated,) = struct.unpack_from(">I", data, end - 4)
        if name[0] & 0x20:
            texts += length * (name != b"fdAT")
        elif stated != zlib.crc32(data[position + 4 : end - 4]):
            raise damaged("PNG")
        if name == b"acTL":
            frames = struct.unpack_from(">I", data, position + 8)[0]
        if name == b"IEND":
            too_much_metadata(texts)
            return frames
        position = end
    raise Refused(Kind.METADATA_TOO_LARGE, f"The PNG file consists of more than {MAX_PARTS:,} chunks.")


_MARKER = re.compile(rb"\xff([^\x00\xff])")
_AFTER_SCAN = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
_ALONE = {0x01, *range(0xD0, 0xD9)}
_PROGRESSIVE = {0xC2, 0xCA}
_RARE_CODINGS = {0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF}  # lossless and hierarchical


def _jpeg(data: memoryview) -> int:
    position, scans, marker, frame, sent = 2, 0, None, b"", _Sent()
    while True:
        match = (_AFTER_SCAN if marker == 0xDA else _MARKER).search(data, position)
        if not match:
            refusal = cut_off("JPEG")
            raise NoEndMark(refusal.kind, refusal.message) if sent.whole(frame) else refusal
        marker, position = match[1][0], match.end()
        if marker == 0xD9:
            return 1
        if marker in _ALONE:
            continue
        (length,) = struct.unpack_from(">H", data, position)
        header = data[position + 2 : position + length]
        if _is_jpeg_frame(marker):
            _jpeg_coding(marker, header)
            frame = bytes([marker, *header])
        elif marker == 0xDA:
            sent.add(header)
            if not scans:
                _jpeg_waiting(frame, header)
        scans += marker == 0xDA
        if scans > MAX_SCANS:
            raise Refused(Kind.TOO_MANY_FRAMES, f"The JPEG file has more than {MAX_SCANS} scans.")
        position += length


class _Sent:
    """Which coefficients of which channels the scans so far bring to their last bit: ITU-T T.81, B.2.3."""

    def __init__(self) -> None:
        self._bits: dict[int, int] = {}  # by channel, a bit for each of 64 coefficients

    def add(self, header: memoryview) -> None:
        """Take in the header of a scan."""
        channels = header[1 : 1 + 2 * header[0] : 2]
        first, last, precision = struct.unpack_from(">3B", header, 1 + 2 * header[0])
        if precision & 15 == 0 and first <= last < 64:
            for channel in channels:
                self._bits[channel] = self._bits.get(channel, 0) | (2 << last) - (1 << first)

    def whole(self, frame: bytes) -> bool:
        """Whether nothing that the frame announces is still to come."""
        channels = frame[7::3][: frame[6]] if len(frame) > 6 else b""
        return bool(channels) and all(self._bits.get(channel) == (1 << 64) - 1 for channel in channels)


def _is_jpeg_frame(marker: int) -> bool:
    """Whether a segment says what the picture is like: see ITU-T T.81, table B.1."""
    return 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)


def _jpeg_coding(marker: int, header: memoryview) -> None:
    """Refuse what the decoder can't read, or not within memory: ITU-T T.81, B.2.2."""
    if marker in _RARE_CODINGS:
        raise unsupported_coding("JPEG", "lossless or hierarchical data")
    if header[0] != 8:
        raise unsupported_coding("JPEG", f"{header[0]}-bit values")
    if header[5] not in (1, 3, 4):
        raise unsupported_coding("JPEG", f"{header[5]} channels")
    height, width = struct.unpack_from(">HH", header, 1)
    too_many_pixels(width, height, "JPEG")


def _jpeg_waiting(frame: bytes, scan: memoryview) -> None:
    """Refuse a picture that comes in several scans, such as a progressive one, and is too large to be kept until then.

    Two bytes for each value of each channel, of which a channel has as many as its sampling factors say.
    """
    if not frame or (frame[0] not in _PROGRESSIVE and scan[0] >= frame[6]):
        return
    height, width = struct.unpack_from(">HH", frame, 2)
    samplings = [(each >> 4, each & 15) for each in frame[8::3][: frame[6]]]
    whole = max((across for across, _ in samplings), default=1) * max((down for _, down in samplings), default=1)
    size = 2 * width * height * sum(across * down for across, down in samplings) // max(1, whole)
    if size > MAX_COEFFICIENTS:
        raise Refused(
            Kind.TOO_MANY_PIXELS,
            f"This JPEG of {width:,} x {height:,} pixels comes in several scans, which takes {size / 1e6:.0f} MB to "
            f"read; {MAX_COEFFICIENTS / 1e6:.0f} MB are allowed: save it without 'progressive', or smaller.",
        )


def _gif(data: memoryview) -> int:
    """Count the frames, which must be whole; the last byte, that only says so, is missing in pictures people have."""
    too_many_pixels(*struct.unpack_from("<HH", data, 6))
    position, frames, extensions = 13 + _gif_palette(data[10]), 0, 0
    while position != len(data) and (introducer := data[position]) != 0x3B:
        start = position
        if introducer == 0x2C:
            frames += 1
            too_many_frames(frames)
            too_many_pixels(*_gif_reach(data, position))
            position = _gif_blocks(data, position + 11 + _gif_palette(data[position + 9]))
        elif introducer == 0x21:
            position = _gif_blocks(data, position + 2)
            extensions += position - start
            too_much_metadata(extensions)
        else:
            position += 1
    return frames


def _gif_reach(data: memoryview, position: int) -> tuple[int, int]:
    """How far a frame reaches to the right and down: the decoder enlarges the picture to hold it."""
    left, top, width, height = struct.unpack_from("<HHHH", data, position + 1)
    return left + width, top + height


def _gif_palette(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _gif_blocks(data: memoryview, position: int) -> int:
    while size := data[position]:
        position += size + 1
    return position + 1


def _bmp(data: memoryview) -> int:
    """Rows are padded to four bytes and, unless compressed, must all be there."""
    start, header = struct.unpack_from("<10xII", data)
    shape, compression = ("<HHxxH", 0) if header == 12 else ("<iixxH", struct.unpack_from("<30xI", data)[0])
    width, height, bits = struct.unpack_from(shape, data, 18)
    too_many_pixels(width, height)
    if compression in (0, 3, 6) and start + (width * bits + 31) // 32 * 4 * abs(height) > len(data):
        raise cut_off("BMP")
    return 1


def _webp(data: memoryview) -> int:
    too_many_pixels(*_webp_size(data))
    if struct.unpack_from("<4xI", data)[0] + 8 > len(data):
        raise cut_off("WEBP")
    return 1


def _webp_size(data: memoryview) -> tuple[int, int]:
    """Width and height by the first chunk: extended, lossless or lossy (WebP container specification)."""
    kind = bytes(data[12:16])
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _boxed(format: str, data: memoryview) -> int:
    boxes(format, data)
    return 1


def boxes(format: str, data: memoryview) -> None:
    """Follow the boxes of an ISO media file (ISO/IEC 14496-12) by their lengths; raises Refused for a missing end."""
    position = 0
    while position < len(data):
        size, header = struct.unpack_from(">I", data, position)[0], 8
        if size == 1:
            size, header = struct.unpack_from(">8xQ", data, position)[0], 16
        if size == 0:
            return
        position += max(size, header)
    if position > len(data):
        raise cut_off(format)


_TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_WIDTH, _HEIGHT = 256, 257
_STRIP_OFFSETS, _TILE_OFFSETS, _STRIP_COUNTS, _TILE_COUNTS, _RAW_CAMERA = 273, 324, 279, 325, 50706


def _tiff(data: memoryview) -> int:
    """Follow the chain of directories; the first one's strips must lie inside the file."""
    positions: set[int] = set()
    for tags, position in _tiff_directories(data):
        if position in positions:
            break
        positions.add(position)
        too_many_frames(len(positions))
        if len(positions) == 1:
            _tiff_picture(data, tags)
    if not positions:
        raise damaged("TIFF")
    return len(positions)


def _tiff_directories(data: memoryview) -> Iterator[tuple[dict, int]]:
    """Each directory as {tag: (type, count, where its values are)} and where it stands."""
    order, big = "<" if data[0] == 0x49 else ">", data[2 if data[0] == 0x49 else 3] == 0x2B
    (position,) = struct.unpack_from(order + ("8xQ" if big else "4xI"), data)
    head, entry, link = ("Q", "HHQQ", "Q") if big else ("H", "HHII", "I")
    while position:
        (count,) = struct.unpack_from(order + head, data, position)
        start, step = position + struct.calcsize(head), struct.calcsize(order + entry)
        if count * step > len(data):
            raise cut_off("TIFF")
        tags = {}
        for at in range(start, start + count * step, step):
            tag, type_, values, where = struct.unpack_from(order + entry, data, at)
            inside = values * _TIFF_SIZES.get(type_, 1) <= (8 if big else 4)
            tags[tag] = (order, type_, values, at + (12 if big else 8) if inside else where)
        yield tags, position
        (position,) = struct.unpack_from(order + link, data, start + count * step)


def _tiff_picture(data: memoryview, tags: dict) -> None:
    if _RAW_CAMERA in tags:
        raise Refused(Kind.UNSUPPORTED_FORMAT, "This is a raw camera file (DNG); save it as JPEG, PNG or TIFF.")
    width, height = ((_tiff_values(data, tags.get(tag)) or (0,))[0] for tag in (_WIDTH, _HEIGHT))
    too_many_pixels(width, height)
    too_much_metadata(sum(values * _TIFF_SIZES.get(kind, 1) for _, kind, values, _ in tags.values()))
    offsets = _tiff_values(data, tags.get(_STRIP_OFFSETS) or tags.get(_TILE_OFFSETS))
    counts = _tiff_values(data, tags.get(_STRIP_COUNTS) or tags.get(_TILE_COUNTS))
    if any(offset + count > len(data) for offset, count in zip(offsets, counts, strict=False)):
        raise cut_off("TIFF")


def _tiff_values(data: memoryview, tag: tuple | None) -> tuple[int, ...]:
    order, kind, count, where = tag or ("<", 1, 0, 0)
    if count > MAX_PARTS:
        raise Refused(Kind.METADATA_TOO_LARGE, f"The TIFF file is cut into more than {MAX_PARTS:,} strips.")
    letter = {3: "H", 4: "I", 16: "Q"}.get(kind)
    return struct.unpack_from(f"{order}{count}{letter}", data, where) if letter else ()


_WALKS = {"PNG": _png, "JPEG": _jpeg, "GIF": _gif, "BMP": _bmp, "WEBP": _webp, "TIFF": _tiff}
_WALKS |= {format: partial(_boxed, format) for format in ("AVIF", "HEIC")}
