"""Pictures that people really have and pictures built to do harm, each with what the door has to say to it."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from mlcore.errors import Kind
from tests.heic_files import heic

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)


@dataclass(frozen=True)
class Case:
    """A file, and the refusal it gets; or else its notices and, where they can be known, its exact pixels."""

    name: str
    make: Callable[[], bytes]
    kind: Kind | None = None
    pixels: np.ndarray | None = None
    notices: tuple[Kind, ...] = ()

    def __str__(self):
        return self.name


def scene(height: int = 12, width: int = 16) -> np.ndarray:
    """Colours that differ in every corner, uint8 (height, width, 3)."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([rows * 255 // (height - 1), columns * 255 // (width - 1), (rows ^ columns) * 16], -1).astype(
        "uint8"
    )


def saved(image, format: str, **options) -> bytes:
    """An array or image as the bytes of a file."""
    file = BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, format, **options)
    return file.getvalue()


def flat(colour, height: int = 8, width: int = 8) -> np.ndarray:
    """One colour, uint8 (height, width, 3)."""
    return np.full((height, width, 3), colour, "uint8")


def chunk(name: bytes, data: bytes = b"") -> bytes:
    """One PNG chunk with its sum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    width: int, height: int, depth: int, colours: int, rows: bytes, *extra: bytes, interlaced=0, after=b""
) -> bytes:
    """A PNG from its raw rows, each with its filter byte."""
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, interlaced)
    body = [chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(rows)), after, chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def grey_png(*extra: bytes, width: int = 8, height: int = 8, after: bytes = b"") -> bytes:
    """A mid-grey 8-bit PNG, to carry other chunks."""
    return png(width, height, 8, 0, (b"\0" + b"\x80" * width) * height, *extra, after=after)


def adam7(pixels: np.ndarray) -> bytes:
    """An interlaced RGB PNG."""
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    parts = [pixels[top::down, left::right] for top, left, down, right in passes]
    rows = b"".join(b"\0" + row.tobytes() for part in parts if part.size for row in part)
    return png(pixels.shape[1], pixels.shape[0], 8, 2, rows, interlaced=1)


def tiff(tags: dict[int, tuple[int, int, int]], pixels: bytes = b"", order="<", next_directory: int = 0) -> bytes:
    """A TIFF with one directory {tag: (type, count, value)}; its pixels stand at byte 8."""
    entries = b"".join(
        struct.pack(order + "HHI", tag, type_, count) + _tiff_value(order, type_, count, value)
        for tag, (type_, count, value) in sorted(tags.items())
    )
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8 + len(pixels))
    return head + pixels + struct.pack(order + "H", len(tags)) + entries + struct.pack(order + "I", next_directory)


def _tiff_value(order: str, type_: int, count: int, value: int) -> bytes:
    return struct.pack(
        order + ("HH" if type_ == 3 and count == 1 else "I"), *([value, 0] if type_ == 3 and count == 1 else [value])
    )


def grey_tiff(bits: int, sample: int, pixels: bytes, *, photometric=1, side=2, order="<", **changes) -> bytes:
    """An uncompressed one-channel TIFF of side x side values."""
    tags = {256: side, 257: side, 258: bits, 259: 1, 262: photometric, 273: 8, 277: 1, 278: side, 339: sample}
    shorts = {tag: (3, 1, value) for tag, value in tags.items()} | {279: (4, 1, len(pixels))}
    return tiff(shorts | {int(tag[1:]): value for tag, value in changes.items()}, pixels, order)


def exif(orientation: int) -> Image.Exif:
    """EXIF data that ask for a turn."""
    data = Image.Exif()
    data[0x0112] = orientation
    return data


TURNS = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
    8: np.rot90,
}


def jpeg_segment(marker: int, data: bytes) -> bytes:
    """One JPEG segment."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg_with(*segments: bytes) -> bytes:
    """A JPEG with more segments right after its start."""
    data = saved(scene(), "JPEG")
    return data[:2] + b"".join(segments) + data[2:]


def with_byte(data: bytes, position: int, value: int) -> bytes:
    """The same file with one byte changed."""
    position %= len(data)
    return data[:position] + bytes([value]) + data[position + 1 :]


def jpeg_header(change: Callable[[bytearray, int], None]) -> bytes:
    """A JPEG whose frame header (SOF0) was changed; `change` gets the file and where the header's data begin."""
    data = bytearray(saved(scene(), "JPEG"))
    change(data, data.index(b"\xff\xc0") + 4)
    return bytes(data)


def _set(offset: int, format: str, *values):
    return lambda data, start: struct.pack_into(format, data, start + offset, *values)


def large_jpeg(width: int, height: int, **options) -> bytes:
    """A JPEG whose frame header claims a size that its data don't have."""
    data = bytearray(saved(scene(), "JPEG", **options))
    frame = data.index(b"\xff\xc2" if options.get("progressive") else b"\xff\xc0")
    struct.pack_into(">HH", data, frame + 5, height, width)
    return bytes(data)


def animated(format: str, frames: int = 3, **options) -> bytes:
    """An animation whose first frame is red."""
    rest = [Image.new("RGB", (16, 16), (0, 0, 50 + number % 200)) for number in range(frames - 1)]
    return saved(Image.new("RGB", (16, 16), RED), format, save_all=True, append_images=rest, **options)


def gif(width: int, height: int, frames: int = 1) -> bytes:
    """A GIF that claims a size but whose frames are one black pixel."""
    head = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0" + bytes(6)
    frame = ONE_PIXEL + b"\0" + b"\x02\x02\x44\x01\0"
    return head + frame * frames + b";"


ONE_PIXEL = b",\0\0\0\0\1\0\1\0"  # a GIF frame's place and size


def webp_header(width: int, height: int) -> bytes:
    """A WEBP that is all header (VP8X)."""
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def bmp(width: int, height: int, bits: int, rows: bytes, compression: int = 0, palette: bytes = b"") -> bytes:
    """A BMP from its raw rows."""
    start = 54 + len(palette)
    head = b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start)
    colours = len(palette) // 4
    return (
        head
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(rows), 0, 0, colours, 0)
        + palette
        + rows
    )


def palette_image() -> Image.Image:
    """Four palette colours in four quarters, 8 x 8."""
    image = Image.fromarray(np.kron(np.array([[0, 1], [2, 3]], "uint8"), np.ones((4, 4), "uint8")), "P")
    image.putpalette(RED + GREEN + BLUE + WHITE)
    return image


QUARTERS = np.kron(
    np.array([[RED, GREEN], [BLUE, WHITE]], "uint8").transpose(2, 0, 1), np.ones((4, 4), "uint8")
).transpose(1, 2, 0)


def see_through(format: str, mode: str, **options) -> bytes:
    """Left half black and opaque, right half black and transparent."""
    pixels = np.zeros((8, 8, 4), "uint8")
    pixels[:, :4, 3] = 255
    return saved(Image.fromarray(pixels).convert(mode), format, **options)


HALF_WHITE = np.concatenate([flat(BLACK, 8, 4), flat(WHITE, 8, 4)], axis=1)
DEEP = np.arange(64, dtype="uint16").reshape(8, 8) * 4
DEEP_SEEN = np.repeat(DEEP.astype("uint8")[..., None], 3, axis=2)
LEVELS = np.repeat(np.array([0, 85, 170, 255], "uint8")[None, :, None], 3, axis=2)


def _row(*values: int) -> np.ndarray:
    """One row of greys, uint8 (1, n, 3)."""
    return np.repeat(np.array(values, "uint8")[None, :, None], 3, axis=2)


def _upright_cases():
    for number, turn in TURNS.items():
        for format, options in (("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True, "quality": 0})):
            make = lambda f=format, n=number, o=options: saved(scene(), f, exif=exif(n), **o)  # noqa: E731
            yield Case(f"{format} with orientation {number}", make, pixels=np.ascontiguousarray(turn(scene())))


def good() -> list[Case]:
    """Pictures that have to be accepted."""
    small = (Kind.VERY_SMALL,)
    first = (Kind.ANIMATED_FIRST_FRAME,)
    return [
        *_upright_cases(),
        Case("PNG", lambda: saved(scene(), "PNG"), pixels=scene()),
        Case("PNG interlaced", lambda: adam7(scene()), pixels=scene()),
        Case("PNG in many parts", lambda: _split_idat(saved(scene(), "PNG")), pixels=scene()),
        Case("PNG with a tail", lambda: saved(scene(), "PNG") + b"PK\x03\x04 more", pixels=scene()),
        Case("PNG grey", lambda: saved(scene()[..., 0], "PNG"), pixels=np.repeat(scene()[..., :1], 3, 2)),
        Case("PNG 1 bit", lambda: png(4, 1, 1, 0, b"\0\x50"), pixels=_row(0, 255, 0, 255), notices=small),
        Case("PNG 2 bits", lambda: png(4, 1, 2, 0, b"\0\x1b"), pixels=LEVELS, notices=small),
        Case("PNG 4 bits", lambda: png(4, 1, 4, 0, b"\0\x05\xaf"), pixels=LEVELS, notices=small),
        Case(
            "PNG 2 bits, one clear",
            lambda: png(4, 1, 2, 0, b"\0\x1b", chunk(b"tRNS", b"\0\1")),
            pixels=_row(0, 255, 170, 255),
            notices=small,
        ),
        Case(
            "PNG 16 bits, one clear",
            lambda: png(2, 1, 16, 0, b"\0\x12\x34\x80\x80", chunk(b"tRNS", b"\x12\x34")),
            pixels=_row(255, 128),
            notices=small,
        ),
        Case(
            "PNG 8 bits, one colour clear",
            lambda: png(2, 1, 8, 2, b"\0\1\2\3\4\5\6", chunk(b"tRNS", b"\0\1\0\2\0\3")),
            pixels=np.array([[WHITE, (4, 5, 6)]], "uint8"),
            notices=small,
        ),
        Case(
            "PNG 16 bits in colour, one clear",
            lambda: png(2, 1, 16, 2, b"\0\1\1\2\2\3\3\4\4\5\5\6\6", chunk(b"tRNS", b"\1\1\2\2\3\3")),
            pixels=np.array([[WHITE, (4, 5, 6)]], "uint8"),
            notices=small,
        ),
        Case("PNG 16-bit grey", lambda: saved(DEEP * 257, "PNG"), pixels=DEEP_SEEN),
        Case(
            "PNG 16-bit colour",
            lambda: png(1, 1, 16, 2, b"\0\1\1\2\2\xff\xff"),
            pixels=np.array([[[1, 2, 255]]], "uint8"),
            notices=small,
        ),
        Case(
            "PNG 16-bit grey and alpha",
            lambda: png(2, 1, 16, 4, b"\0\x20\x20\xff\xff\x20\x20\0\0"),
            pixels=_row(32, 255),
            notices=small,
        ),
        Case("PNG palette", lambda: saved(palette_image(), "PNG"), pixels=QUARTERS),
        Case(
            "PNG palette, black clear",
            lambda: png(2, 1, 8, 3, b"\0\0\1", chunk(b"PLTE", bytes(6)), chunk(b"tRNS", b"\0")),
            pixels=_row(255, 0),
            notices=small,
        ),
        Case("PNG see-through", lambda: see_through("PNG", "RGBA"), pixels=HALF_WHITE),
        Case("PNG see-through grey", lambda: see_through("PNG", "LA"), pixels=HALF_WHITE),
        Case(
            "PNG half see-through",
            lambda: saved(Image.new("RGBA", (8, 8), (255, 0, 0, 51)), "PNG"),
            pixels=flat((255, 204, 204)),
        ),
        Case("PNG animated", lambda: animated("PNG"), pixels=flat(RED, 16, 16), notices=first),
        Case("PNG with a broken profile", lambda: grey_png(chunk(b"iCCP", b"x\0\0nonsense")), pixels=flat(128)),
        Case("PNG with a comment", lambda: grey_png(chunk(b"tEXt", b"Comment\0hello")), pixels=flat(128)),
        Case("PNG with a late comment", lambda: grey_png(after=chunk(b"tEXt", b"Comment\0hello")), pixels=flat(128)),
        Case("PNG of one pixel", lambda: saved(flat(RED, 1, 1), "PNG"), pixels=flat(RED, 1, 1), notices=small),
        Case(
            "PNG very wide",
            lambda: saved(flat(RED, 8, 800), "PNG"),
            pixels=flat(RED, 8, 800),
            notices=(Kind.EXTREME_ASPECT,),
        ),
        Case(
            "PNG of one row",
            lambda: saved(flat(RED, 1, 5000), "PNG"),
            pixels=flat(RED, 1, 5000),
            notices=(Kind.VERY_SMALL, Kind.EXTREME_ASPECT),
        ),
        Case("JPEG", lambda: saved(flat((200, 100, 50)), "JPEG", quality=100, subsampling=0)),
        *(
            Case(
                f"JPEG without its end, {missing} {how}",
                lambda missing=missing, options=options: saved(flat(128)[..., 0], "JPEG", **options)[:-missing],
                pixels=flat(128),
                notices=(Kind.NO_END_MARK,),
            )
            for missing in (1, 2)
            for how, options in {"plain": {}, "progressive": {"progressive": True}}.items()
        ),
        Case("JPEG grey", lambda: saved(flat(128)[..., 0], "JPEG"), pixels=flat(128)),
        Case("JPEG progressive", lambda: saved(flat(128)[..., 0], "JPEG", progressive=True), pixels=flat(128)),
        Case("JPEG in inks", lambda: saved(Image.new("CMYK", (8, 8), (0, 0, 0, 0)), "JPEG"), pixels=flat(WHITE)),
        Case("JPEG turned", lambda: saved(Image.fromarray(scene()), "JPEG", exif=exif(6), quality=95)),
        Case("JPEG with orientation 9", lambda: saved(flat(128)[..., 0], "JPEG", exif=exif(9)), pixels=flat(128)),
        Case("JPEG with broken EXIF", lambda: jpeg_with(jpeg_segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff"))),
        Case("JPEG with a tail", lambda: saved(scene(), "JPEG") + b"\0" * 1000),
        Case("JPEG with a thumbnail", lambda: jpeg_with(jpeg_segment(0xE1, b"Exif\0\0" + saved(scene(), "JPEG")))),
        Case("JPEG with a comment", lambda: jpeg_with(jpeg_segment(0xFE, b"\xff\xd9" * 9))),
        Case("JPEG with restarts", lambda: saved(scene(64, 64), "JPEG", restart_marker_blocks=1)),
        Case("JPEG of two views", lambda: animated("MPO", 2)),
        Case("GIF", lambda: saved(palette_image(), "GIF"), pixels=QUARTERS),
        Case("GIF without its last byte", lambda: saved(palette_image(), "GIF")[:-1], pixels=QUARTERS),
        Case(
            "GIF interlaced",
            lambda: saved(palette_image().resize((32, 32), 0), "GIF", interlace=1),
            pixels=np.kron(QUARTERS.transpose(2, 0, 1), np.ones((4, 4), "uint8")).transpose(1, 2, 0),
        ),
        Case("GIF animated", lambda: animated("GIF"), pixels=flat(RED, 16, 16), notices=first),
        Case("GIF see-through", lambda: see_through("GIF", "RGBA"), pixels=HALF_WHITE),
        Case("BMP", lambda: saved(scene(), "BMP"), pixels=scene()),
        Case(
            "BMP upside down",
            lambda: bmp(2, -2, 24, b"\0\0\xff\0\0\xff\0\0" + b"\xff\0\0\xff\0\0\0\0"),
            pixels=np.array([[RED, RED], [BLUE, BLUE]], "uint8"),
            notices=small,
        ),
        Case("BMP of one bit", lambda: saved(Image.new("1", (8, 8), 1), "BMP"), pixels=flat(WHITE)),
        Case("BMP palette", lambda: saved(palette_image(), "BMP"), pixels=QUARTERS),
        Case(
            "BMP in runs",
            lambda: bmp(8, 8, 8, b"\x08\1\0\0" * 8 + b"\0\1", 1, bytes(4) + b"\0\0\xff\0"),
            pixels=flat(RED),
        ),
        Case("WEBP", lambda: saved(scene(), "WEBP", lossless=True), pixels=scene()),
        Case("WEBP lossy", lambda: saved(scene(), "WEBP")),
        Case("WEBP see-through", lambda: see_through("WEBP", "RGBA", lossless=True, exact=True), pixels=HALF_WHITE),
        Case("WEBP animated", lambda: animated("WEBP", lossless=True), pixels=flat(RED, 16, 16), notices=first),
        Case("AVIF", lambda: saved(scene(), "AVIF")),
        Case("AVIF see-through", lambda: see_through("AVIF", "RGBA", quality=100), pixels=HALF_WHITE),
        Case("AVIF animated", lambda: animated("AVIF"), notices=first),
        *(
            Case(f"TIFF {how}", lambda how=how: saved(scene(), "TIFF", compression=how), pixels=scene())
            for how in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits")
        ),
        Case("TIFF with JPEG inside", lambda: saved(scene(16, 16), "TIFF", compression="jpeg")),
        Case("TIFF fax", lambda: saved(Image.new("1", (8, 8), 1), "TIFF", compression="group4"), pixels=flat(WHITE)),
        Case("BigTIFF", lambda: saved(scene(), "TIFF", big_tiff=True), pixels=scene()),
        Case("TIFF 16-bit grey", lambda: saved(DEEP * 257, "TIFF"), pixels=DEEP_SEEN),
        Case(
            "TIFF 16-bit grey, other byte order",
            lambda: grey_tiff(16, 1, struct.pack(">4H", 0, 257, 514, 65535), order=">"),
            pixels=_row(0, 1, 2, 255).reshape(2, 2, 3),
            notices=small,
        ),
        Case(
            "TIFF 16-bit grey, white is zero",
            lambda: grey_tiff(16, 1, struct.pack("<4H", 0, 257, 514, 65535), photometric=0),
            pixels=_row(255, 254, 253, 0).reshape(2, 2, 3),
            notices=small,
        ),
        Case(
            "TIFF 8-bit grey, white is zero",
            lambda: grey_tiff(8, 1, b"\0\1\2\xff", photometric=0),
            pixels=_row(255, 254, 253, 0).reshape(2, 2, 3),
            notices=small,
        ),
        Case(
            "TIFF 12-bit grey",
            lambda: grey_tiff(12, 1, b"\0\x00\xff\xff\xff\0"),
            pixels=_row(0, 16, 255, 239).reshape(2, 2, 3),
            notices=small,
        ),
        *(
            Case(
                f"TIFF of {bits} bits in 16, black is {black}",
                lambda top=top, photometric=photometric: grey_tiff(
                    16, 1, struct.pack("<4H", 0, top // 4, top // 2, top), photometric=photometric
                ),
                pixels=_row(*shades).reshape(2, 2, 3),
                notices=(Kind.FEWER_BITS, *small),
            )
            for bits, top in {10: 1023, 12: 4095, 14: 16383}.items()
            for black, photometric, shades in (("0", 1, (0, 64, 127, 255)), ("the top", 0, (255, 191, 128, 0)))
        ),
        *(
            Case(
                f"PNG of {bits} bits in 16 for each colour",
                lambda top=top: png(
                    1, 2, 16, 2, b"\0" + struct.pack(">3H", 0, top // 2, top) + b"\0" + struct.pack(">3H", top, top, 0)
                ),
                pixels=np.array([[[0, shade, 255]], [[255, 255, 0]]], "uint8"),
                notices=(Kind.FEWER_BITS, *small),
            )
            for bits, top, shade in ((10, 1023, 85), (12, 4095, 119), (14, 16383, 125))
        ),
        Case(
            "TIFF that says it has 12 bits",
            lambda: grey_tiff(16, 1, struct.pack("<4H", 0, 16, 500, 900), t281=(3, 1, 4095)),
            pixels=_row(0, 1, 31, 56).reshape(2, 2, 3),
            notices=small,
        ),
        Case("TIFF in inks", lambda: saved(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "TIFF"), pixels=flat(RED)),
        Case("TIFF of two pages", lambda: animated("TIFF", 2), pixels=flat(RED, 16, 16), notices=first),
        Case("TIFF see-through", lambda: see_through("TIFF", "RGBA"), pixels=HALF_WHITE),
        Case("TIFF whose chain is a ring", lambda: _ring(), pixels=_row(0, 1, 2, 255).reshape(2, 2, 3), notices=small),
    ]


def _noisy_heic(data: bytes) -> bytes:
    """The boxes as they are, and noise in place of the pixels."""
    start = data.index(b"mdat") + 4
    return data[:start] + np.random.default_rng(0).bytes(len(data) - start)


def _resized_heic(data: bytes, width: int, height: int) -> bytes:
    """A HEIC whose header states another size."""
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


def _first_scan(data: bytes) -> bytes:
    """A progressive JPEG that ends where its second scan would begin: whole, and blurred."""
    first = data.index(b"\xff\xda")
    return data[: min(data.index(mark, first + 2) for mark in (b"\xff\xc4", b"\xff\xda") if mark in data[first + 2 :])]


def _ring() -> bytes:
    tags = {
        tag: (3, 1, value)
        for tag, value in {256: 2, 257: 2, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 2, 279: 4}.items()
    }
    return tiff(tags, b"\0\1\2\xff", next_directory=12)


def _split_idat(data: bytes) -> bytes:
    """The same PNG with its pixels in chunks of seven bytes, one of them empty."""
    start = data.index(b"IDAT") - 4
    (length,) = struct.unpack_from(">I", data, start)
    body = data[start + 8 : start + 8 + length]
    parts = [chunk(b"IDAT"), *(chunk(b"IDAT", body[at : at + 7]) for at in range(0, length, 7))]
    return data[:start] + b"".join(parts) + data[start + 12 + length :]


def _random(size: int = 4096) -> bytes:
    return np.random.default_rng(5).integers(0, 256, size).astype("uint8").tobytes()


def _foreign() -> list[tuple[str, bytes]]:
    """Pictures in formats that aren't allowed: what they begin with is enough."""
    image = Image.fromarray(scene())
    return [
        *(
            (format, saved(image, format))
            for format in ("ICO", "EPS", "PDF", "JPEG2000", "TGA", "PPM", "PCX", "DDS", "SGI")
        ),
        ("TGA compressed", saved(image, "TGA", compression="tga_rle")),
        ("ICNS", b"icns" + bytes(100)),
        ("CUR", b"\0\0\2\0\1\0" + bytes(100)),
        ("XBM", saved(image.convert("1"), "XBM")),
        ("Photoshop", b"8BPS\0\1" + bytes(100)),
        ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect/></svg>"),
        ("SVG with a prologue", b"<?xml version='1.0'?>\n<!-- drawn -->\n<svg width='9'></svg>"),
        ("JPEG XL", b"\xff\x0a" + _random(100)),
        ("JPEG XL boxed", b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(100)),
        ("FITS", b"SIMPLE  =                    T / file conforms".ljust(2880)),
        ("OpenEXR", b"\x76\x2f\x31\x01\2\0\0\0" + bytes(100)),
        ("Radiance", b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 2\n"),
        ("QOI", b"qoif\0\0\0\2\0\0\0\2\3\0" + bytes(20)),
        ("Canon raw", b"II*\0\x10\0\0\0CR\2\0" + bytes(200)),
        ("DICOM", bytes(128) + b"DICM" + bytes(100)),
        ("GIMP", b"gimp xcf v011" + bytes(50)),
        ("raw camera TIFF", grey_tiff(8, 1, bytes(4), t50706=(1, 4, 0x0401))),
    ]


def refused() -> list[Case]:
    """Files that have to be refused, each for the right reason."""
    cut, other, nothing = Kind.TRUNCATED_OR_CORRUPT, Kind.UNSUPPORTED_FORMAT, Kind.NOT_AN_IMAGE
    large, deep, texts = Kind.TOO_MANY_PIXELS, Kind.UNSUPPORTED_PIXEL_TYPE, Kind.METADATA_TOO_LARGE
    frames = Kind.TOO_MANY_FRAMES
    return [
        *(Case(f"foreign: {name}", lambda data=data: data, other) for name, data in _foreign()),
        *(
            Case(f"{format} cut in half", lambda f=format: (d := saved(scene(64, 64), f))[: len(d) // 2], cut)
            for format in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "AVIF")
        ),
        *(
            Case(
                f"{format} without its last bytes", lambda f=format: saved(scene(), f)[: -3 if f == "JPEG" else -1], cut
            )
            for format in ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "AVIF")
        ),
        *(
            Case(f"{format}: only its first bytes", lambda f=format: saved(scene(), f)[:26], cut)
            for format in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "AVIF")
        ),
        Case("nothing", lambda: b"", Kind.EMPTY_FILE),
        Case("one byte", lambda: b"\0", nothing),
        Case("text", lambda: b"This is not a picture.\n", nothing),
        Case("text that begins with BM", lambda: b"BMW is a maker of cars, and this is no bitmap.", nothing),
        Case("JSON", lambda: b'{"picture": "none"}', nothing),
        Case("web page", lambda: b"<!DOCTYPE html><html><body>404 Not Found</body></html>", nothing),
        Case("random bytes", _random, nothing),
        Case("zeros", lambda: bytes(5000), nothing),
        Case("ones", lambda: b"\xff" * 5000, nothing),
        Case("program", lambda: b"\x7fELF\2\1\1" + bytes(500), nothing),
        Case("video", lambda: b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(100), nothing),
        Case("video in RIFF", lambda: b"RIFF\x64\0\0\0AVI LIST" + bytes(100), nothing),
        Case("sound", lambda: b"RIFF\x64\0\0\0WAVEfmt " + bytes(100), nothing),
        Case("ZIP", lambda: b"PK\5\6" + bytes(18), nothing),
        Case("GIF signature", lambda: b"GIF89a", cut),
        Case("PNG signature", lambda: b"\x89PNG\r\n\x1a\n", cut),
        Case("PNG after a text-mode copy", lambda: saved(scene(), "PNG").replace(b"\r\n", b"\n"), cut),
        Case("PNG with a flipped pixel bit", lambda: with_byte(s := saved(scene(), "PNG"), -30, s[-30] ^ 4), cut),
        Case("PNG without an end", lambda: saved(scene(), "PNG")[:-12], cut),
        Case("PNG with too few rows", lambda: png(100, 100, 8, 0, b"\0" * 300), cut),
        Case("PNG without pixels", lambda: grey_png()[:33] + chunk(b"IEND"), cut),
        Case("PNG with an impossible depth", lambda: png(8, 8, 3, 0, bytes(32)), cut),
        Case("PNG of no pixels", lambda: png(0, 0, 8, 0, b""), cut),
        Case("PNG with an endless chunk", lambda: grey_png()[:33] + b"\x7f\xff\xff\xffIDAT" + bytes(99), cut),
        Case("PNG of loose pixels", lambda: grey_png()[:33] + chunk(b"IDAT", b"nonsense") + chunk(b"IEND"), cut),
        Case("PNG too large", lambda: png(8000, 8000, 8, 0, b"\0"), large),
        Case("PNG far too large", lambda: png(100_000, 100_000, 8, 2, b"\0"), large),
        Case("PNG of two billion columns", lambda: png(2**31 - 1, 1, 8, 0, b"\0"), large),
        Case("PNG bomb", lambda: png(20_000, 20_000, 1, 0, bytes(2501 * 20_000)), large),
        Case("PNG text bomb", lambda: grey_png(_inflating(b"zTXt", b"x\0\0")), texts),
        Case("PNG international text bomb", lambda: grey_png(_inflating(b"iTXt", b"x\0\1\0\0\0")), texts),
        Case("PNG late text bomb", lambda: grey_png(after=_inflating(b"zTXt", b"x\0\0")), texts),
        Case("PNG many text bombs", lambda: grey_png(*[_inflating(b"zTXt", b"x\0\0", 1_000_000)] * 80), texts),
        Case("PNG profile bomb", lambda: grey_png(_inflating(b"iCCP", b"x\0\0")), texts),
        Case("PNG with 10 MB of text", lambda: grey_png(chunk(b"tEXt", b"x\0" + b"a" * 10_000_000)), texts),
        Case("PNG with 10 MB of EXIF", lambda: grey_png(chunk(b"eXIf", b"II*\0" + bytes(10_000_000))), texts),
        Case("PNG of 200,000 chunks", lambda: grey_png(chunk(b"IDAT") * 200_000), texts),
        Case("PNG with too many frames", lambda: grey_png(chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))), frames),
        Case("JPEG start and end", lambda: b"\xff\xd8\xff\xd9", cut),
        Case("JPEG of one scan of three", lambda: _first_scan(saved(scene(64, 64), "JPEG", progressive=True)), cut),
        Case("JPEG too large", lambda: jpeg_header(_set(1, ">HH", 60000, 60000)), large),
        Case("JPEG of no rows", lambda: jpeg_header(_set(1, ">HH", 0, 16)), cut),
        Case("JPEG of 12 bits", lambda: jpeg_header(_set(0, "B", 12)), deep),
        Case("JPEG lossless", lambda: saved(scene(), "JPEG").replace(b"\xff\xc0", b"\xff\xc3", 1), deep),
        Case(
            "JPEG with 200 scans",
            lambda: saved(scene(), "JPEG")[:-2] + jpeg_segment(0xDA, b"\1\1\0\0\x3f\0") * 200 + b"\xff\xd9",
            frames,
        ),
        Case("JPEG with a giant profile", _jpeg_with_large_profile, texts),
        Case("GIF too large", lambda: gif(65535, 65535), large),
        Case("GIF whose frame is too large", lambda: gif(8, 8).replace(ONE_PIXEL, b",\0\0\0\0\xff\xff\xff\xff"), large),
        Case("GIF without a frame", lambda: gif(8, 8, 0), cut),
        Case("GIF of no pixels", lambda: gif(0, 0).replace(ONE_PIXEL, b",\0\0\0\0\0\0\0\0"), cut),
        Case("GIF with too many frames", lambda: gif(1, 1, 5000), frames),
        Case(
            "GIF with 10 MB of comments",
            lambda: gif(1, 1)[:-1] + b"!\xfe" + (b"\xff" + b"a" * 255) * 40_000 + b"\0;",
            texts,
        ),
        Case("BMP too large", lambda: bmp(60_000, 60_000, 24, b"", 1), large),
        Case("BMP too large, and all header", lambda: bmp(60_000, 60_000, 24, b""), large),
        Case("BMP with too few rows", lambda: bmp(60, 60, 24, bytes(600)), cut),
        Case("BMP of 64 bits", lambda: bmp(1, 1, 64, bytes(8)), deep),
        Case("BMP of one long row in runs", lambda: bmp(60_000_000, 1, 8, b"\0\2\xff\xff" * 9, 1, bytes(4)), large),
        Case("BMP with JPEG inside", lambda: bmp(8, 8, 24, saved(scene(), "JPEG"), 4), deep),
        Case("WEBP too large", lambda: webp_header(16_000, 16_000), large),
        Case("WEBP all header", lambda: webp_header(8, 8), cut),
        Case(
            "WEBP with 10 MB of EXIF", lambda: saved(scene(), "WEBP", exif=b"Exif\0\0II*\0" + bytes(10_000_000)), texts
        ),
        Case("WEBP with too many frames", lambda: animated("WEBP", 1200, lossless=True, method=0), frames),
        Case("HEIC header", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", cut),
        Case("HEIC header of a phone", lambda: b"\0\0\0\x24ftypmif1\0\0\0\0mif1heicMiHEmiaf" + bytes(100), cut),
        Case("HEIC without its last byte", lambda: heic("plain")[:-1], cut),
        Case("HEIC of noise", lambda: _noisy_heic(heic("plain")), cut),
        Case("HEIC that says it is larger", lambda: _resized_heic(heic("plain"), 9000, 6500), cut),
        Case("HEIC that says it is smaller", lambda: _resized_heic(heic("plain"), 4, 4), cut),
        Case("HEIC of another coding", lambda: heic("plain").replace(b"hvc1", b"zzz1"), deep),
        Case("AVIF with a broken box", lambda: saved(scene(), "AVIF").replace(b"meta", b"meto"), cut),
        Case("TIFF of floats", lambda: saved(np.ones((9, 9), "float32"), "TIFF"), deep),
        Case("TIFF of 32-bit integers", lambda: saved(np.ones((9, 9), "int32"), "TIFF"), deep),
        Case("TIFF of doubles", lambda: grey_tiff(64, 3, bytes(32)), deep),
        Case("TIFF of signed 16-bit integers", lambda: grey_tiff(16, 2, bytes(8)), deep),
        Case("TIFF in Lab", lambda: saved(Image.new("LAB", (8, 8)), "TIFF"), deep),
        Case("TIFF too large", lambda: grey_tiff(8, 1, bytes(4), t256=(4, 1, 60000), t257=(4, 1, 60000)), large),
        Case("TIFF whose pixels lie outside", lambda: grey_tiff(8, 1, bytes(4), t273=(4, 1, 2**31)), cut),
        Case("TIFF without pixels", lambda: tiff({256: (3, 1, 8), 257: (3, 1, 8)}), cut),
        Case(
            "BigTIFF whose directory lies beyond any file", lambda: b"II+\0\x08\0\0\0" + b"\xff" * 8 + bytes(100), cut
        ),
        Case("TIFF without a directory", lambda: b"II*\0\0\0\0\0", cut),
        Case("TIFF of a million strips", lambda: grey_tiff(8, 1, bytes(4_000_000), t273=(4, 1_000_000, 8)), texts),
        Case("TIFF with too many pages", lambda: _pages(1500), frames),
        Case("TIFF with 10 MB of profile", lambda: saved(scene(), "TIFF", icc_profile=bytes(10_000_000)), texts),
    ]


def _inflating(name: bytes, start: bytes, size: int = 30_000_000) -> bytes:
    """A PNG chunk whose text or profile unpacks to much more than it is."""
    return chunk(name, start + zlib.compress(bytes(size)))


def _jpeg_with_large_profile() -> bytes:
    """6.5 MB of colour profile in a hundred segments."""
    part = [jpeg_segment(0xE2, b"ICC_PROFILE\0" + bytes([number, 100]) + bytes(65_000)) for number in range(1, 101)]
    return jpeg_with(*part)


def _pages(number: int) -> bytes:
    """A TIFF whose directories, all alike, follow one another."""
    tags = {256: 2, 257: 2, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 2, 279: 4}
    entries = b"".join(struct.pack("<HHIHH", tag, 3, 1, value, 0) for tag, value in tags.items())
    size = 2 + len(entries) + 4
    pages = [
        struct.pack("<H", len(tags)) + entries + struct.pack("<I", 12 + size * (page + 1)) for page in range(number)
    ]
    return b"II*\0" + struct.pack("<I", 12) + b"\0\1\2\xff" + b"".join(pages)[:-4] + bytes(4)


def seeds() -> list[bytes]:
    """Whole files of every allowed format, to damage."""
    image = Image.fromarray(scene(40, 30))
    return [
        *(saved(image, format) for format in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "AVIF", "TIFF")),
        *(saved(image, "TIFF", compression=how) for how in ("tiff_lzw", "jpeg", "packbits")),
        *(animated(format) for format in ("PNG", "GIF", "WEBP", "TIFF")),
        saved(image, "JPEG", progressive=True, exif=exif(6)),
        saved(image.convert("RGBA"), "PNG"),
        saved(image.quantize(16), "PNG"),
    ]


def damaged(rng: np.random.Generator, data: bytes) -> bytes:
    """The file with a few bits flipped, bytes set, or its end cut off."""
    changed = bytearray(data)
    for _ in range(rng.integers(1, 5)):
        position = int(rng.integers(len(changed)))
        match rng.integers(4):
            case 0:
                changed[position] ^= 1 << int(rng.integers(8))
            case 1:
                changed[position % 200 : position % 200 + 1] = (
                    rng.choice([0, 1, 127, 128, 255]).astype("uint8").tobytes()
                )
            case 2:
                changed[position : position + 4] = rng.bytes(4)
            case 3:
                del changed[max(1, position) :]
    return bytes(changed)
