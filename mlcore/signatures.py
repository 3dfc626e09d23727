"""File signatures (magic bytes): what a file is, told by how it begins; its name is never believed."""

import re
from dataclasses import dataclass
from typing import Any, Literal

HEAD = 1024  # bytes that are enough to tell

Family = Literal["picture", "other picture", "video", "archive", "other archive", "model", "other"]


@dataclass(frozen=True)
class Signature:
    """A file format: what people call it and how we treat it.

    "picture", "video" and "archive" are opened; "other picture", "other archive" and "model" are known but not opened
    here.
    """

    name: str
    family: Family


def identify(data: bytes) -> Signature | None:
    """The format of a file from (at least) its first `HEAD` bytes, or None when no format is known to begin so."""
    head = bytes(data[:HEAD])
    for offset, magic, signature in _BY_FIRST_BYTE.get(head[:1], []) + _LATER:
        if head.startswith(magic, offset):
            return signature
    return _container(head) or _bitmap(head) or _text(head) or _headless(head)


def _rows(family: Family, *rows: tuple[Any, ...]) -> list[tuple[int, bytes, Signature]]:
    return [(offset, magic, Signature(name, family)) for name, offset, *magics in rows for magic in magics]


_TABLE = [
    # before TIFF, whose first four bytes they share
    *_rows("other picture", ("Canon raw (CR2)", 0, b"II*\0\x10\0\0\0CR")),
    *_rows(
        "picture",
        ("PNG", 0, b"\x89PNG"),
        ("JPEG", 0, b"\xff\xd8\xff"),
        ("GIF", 0, b"GIF87a", b"GIF89a"),
        ("TIFF", 0, b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    ),
    *_rows(
        "other picture",
        ("Photoshop", 0, b"8BPS"),
        ("EPS", 0, b"%!PS", b"\xc5\xd0\xd3\xc6"),
        ("PDF", 0, b"%PDF-"),
        ("JPEG 2000", 0, b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
        ("JPEG XL", 0, b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"),
        ("JPEG XR", 0, b"II\xbc\x01"),
        ("MNG", 0, b"\x8aMNG", b"\x8bJNG"),
        ("FITS", 0, b"SIMPLE  ="),
        ("DDS", 0, b"DDS "),
        ("ICNS", 0, b"icns"),
        ("QOI", 0, b"qoif"),
        ("OpenEXR", 0, b"\x76\x2f\x31\x01"),
        ("Radiance HDR", 0, b"#?RADIANCE", b"#?RGBE"),
        ("GIMP", 0, b"gimp xcf"),
        ("DjVu", 0, b"AT&TFORM"),
        ("Fujifilm raw", 0, b"FUJIFILMCCD-RAW"),
        ("Olympus raw", 0, b"IIRO", b"IIRS", b"MMOR"),
        ("Panasonic raw", 0, b"IIU\0"),
        ("SGI", 0, b"\x01\xda\0", b"\x01\xda\x01"),
        ("Sun raster", 0, b"\x59\xa6\x6a\x95"),
        ("XPM", 0, b"/* XPM */"),
        ("WMF", 0, b"\xd7\xcd\xc6\x9a"),
        ("EMF", 40, b" EMF"),
        ("DICOM", 128, b"DICM"),
        ("BPG", 0, b"BPG\xfb"),
        ("FLIF", 0, b"FLIF"),
        ("BLP", 0, b"BLP1", b"BLP2"),
        ("DPX", 0, b"SDPX", b"XPDS"),
        ("PFM", 0, b"PF\n", b"Pf\n"),
        ("KTX", 0, b"\xabKTX "),
    ),
    *_rows(
        "archive",
        ("ZIP", 0, b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"),
        ("gzip", 0, b"\x1f\x8b"),
        ("bzip2", 0, *(b"BZh%d" % level for level in range(1, 10))),
        ("xz", 0, b"\xfd7zXZ\0"),
        ("TAR", 257, b"ustar"),
    ),
    *_rows(
        "other archive",
        ("7z", 0, b"7z\xbc\xaf\x27\x1c"),
        ("RAR", 0, b"Rar!\x1a\x07", b"RE~^"),
        ("Zstandard", 0, b"\x28\xb5\x2f\xfd"),
        ("LZ4", 0, b"\x04\x22\x4d\x18"),
        ("LZIP", 0, b"LZIP"),
        ("LZMA", 0, b"\x5d\0\0\x80\0", b"\x5d\0\0\0\x01", b"\x5d\0\0\0\x04"),
        ("compress (.Z)", 0, b"\x1f\x9d", b"\x1f\xa0"),
        ("CAB", 0, b"MSCF"),
        ("XAR", 0, b"xar!"),
        ("ar", 0, b"!<arch>\n"),
        ("cpio", 0, b"070701", b"070702", b"070707"),
        ("LHA", 2, b"-lh", b"-lz"),
    ),
    *_rows(
        "model",
        ("HDF5", 0, b"\x89HDF\r\n\x1a\n"),
        ("TensorFlow Lite", 4, b"TFL3"),
        ("GGUF", 0, b"GGUF"),
        ("Python objects", 0, b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
    ),
    *_rows(
        "video",
        ("Matroska or WebM video", 0, b"\x1a\x45\xdf\xa3"),
        ("QuickTime video", 4, b"moov", b"mdat", b"wide"),
    ),
    *_rows(
        "other",
        ("NumPy array", 0, b"\x93NUMPY"),
        ("MP3 sound", 0, b"ID3"),
        ("Ogg", 0, b"OggS"),
        ("program", 0, b"\x7fELF", b"MZ\x90\0"),
    ),
]

_LATER = [row for row in _TABLE if row[0]]
_BY_FIRST_BYTE: dict[bytes, list[tuple[int, bytes, Signature]]] = {}
for row in _TABLE:
    if not row[0]:
        _BY_FIRST_BYTE.setdefault(row[1][:1], []).append(row)

_WEBP, _AVIF = Signature("WEBP", "picture"), Signature("AVIF", "picture")


def _container(head: bytes) -> Signature | None:
    """RIFF files and ISO media files (AVIF, HEIC, video) name their content a little later."""
    if head.startswith(b"RIFF"):
        names = {b"WEBP": _WEBP, b"AVI ": Signature("AVI video", "video"), b"WAVE": Signature("WAVE sound", "other")}
        return names.get(head[8:12])
    if head[4:8] != b"ftyp":
        return None
    brands = re.findall(b"(?s).{4}", head[8 : min(len(head), int.from_bytes(head[:4], "big"))])
    if b"avif" in brands or b"avis" in brands:
        return _AVIF
    if {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"} & set(brands):
        return Signature("HEIC", "picture")
    return Signature("Canon raw (CR3)", "other picture") if b"crx " in brands else Signature("MP4 video", "video")


def _bitmap(head: bytes) -> Signature | None:
    """Formats whose magic is so short that plain text could begin so: their header has to make sense as well."""
    if head.startswith(b"BM") and (head[6:10] == bytes(4) or int.from_bytes(head[14:18], "little") in _BMP_HEADERS):
        return Signature("BMP", "picture")
    if head[:4] in (b"\0\0\x01\0", b"\0\0\x02\0") and 0 < int.from_bytes(head[4:6], "little") < 256:
        return Signature("ICO" if head[2] == 1 else "CUR", "other picture")
    if re.match(rb"P[1-7]\s+[#\d]|P7\nWIDTH", head):
        return Signature("Netpbm", "other picture")
    if re.match(rb"\x0a[\0\x02-\x05][\0\x01][\x01\x02\x04\x08]", head):
        return Signature("PCX", "other picture")
    return None


_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}


def _text(head: bytes) -> Signature | None:
    """Pictures written as text, and the texts most often saved under a picture's name."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.search(rb"<svg[\s>]|<!DOCTYPE svg", text) and text.startswith(b"<"):
        return Signature("SVG", "other picture")
    if re.match(rb"(?i)<(!doctype html|html|head|body)", text):
        return Signature("HTML page", "other")
    if re.match(rb"#define\s+\S+_width\s", text):
        return Signature("XBM", "other picture")
    return None


def _headless(head: bytes) -> Signature | None:
    """Old TARs and TGA pictures have no magic; what their header states has to agree with itself."""
    if _is_tar_header(head[:512]):
        return Signature("TAR", "archive")
    return Signature("TGA", "other picture") if _is_tga_header(head[:18]) else None


_TGA_DEPTHS = {1: (8, 15, 16), 2: (15, 16, 24, 32), 3: (8, 16)}  # by type: palette, colour, grey; + 8 is compressed


def _is_tga_header(header: bytes) -> bool:
    if len(header) < 18 or header[2] & ~8 not in _TGA_DEPTHS:
        return False
    has_palette, depth, descriptor = header[1], header[16], header[17]
    palette_fits = has_palette == 1 if header[2] & 7 == 1 else has_palette == 0 and not any(header[3:8])
    has_size = any(header[12:14]) and any(header[14:16])
    return palette_fits and has_size and depth in _TGA_DEPTHS[header[2] & 7] and descriptor < 64


def _is_tar_header(block: bytes) -> bool:
    """Whether 512 bytes carry their own sum, as every TAR header does."""
    stated = re.match(rb" *([0-7]+)[ \0]", block[148:156])
    return len(block) == 512 and stated is not None and int(stated[1], 8) == sum(block) - sum(block[148:156]) + 256
