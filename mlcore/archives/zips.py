"""ZIP archives: everything that the directory says is checked before a member is unpacked."""

import bz2
import stat
import struct
import zipfile
import zlib
from typing import BinaryIO

from mlcore.archives import codings, limits, names
from mlcore.archives.entry import Entry, Skipped
from mlcore.errors import Kind, Refused

TAIL = 65_536 + 22 + 76  # where the end record can be: the longest comment, both end records and the locator
ENOUGH_FOR_HEAD = 1 << 12  # packed bytes
ENCRYPTED = 0x1 | 0x40 | 0x2000
DEVICES = {stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK}
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}


class Zip:
    """The files of a ZIP; names without the mark of UTF-8 are read by `coding` or the likeliest code page."""

    is_packed = True
    goes_back = True

    def __init__(self, file: BinaryIO, coding: str | None = None, allowed: limits.Limits = limits.UPLOAD):
        self._file = file
        self.files: list[Entry] = []
        self.folders: set[str] = set()
        self.skipped: list[Skipped] = []
        count_entries(file, allowed)
        try:
            self._zip = zipfile.ZipFile(file)
        except Exception as error:  # the directory of a damaged ZIP raises nearly anything
            raise limits.corrupt("its table of contents can't be read") from error
        self._vet(self._zip.infolist(), coding)

    def close(self) -> None:
        self._zip.close()

    def head(self, entry: Entry, size: int) -> bytes:
        """The first bytes of a member; none when it is damaged."""
        try:
            return self._unpack(entry.where, size, packed=ENOUGH_FOR_HEAD)
        except Refused:
            return b""

    def read(self, entry: Entry) -> bytes:
        """A member's bytes; raises Refused when they aren't what the directory says."""
        data = self._unpack(entry.where, entry.size + 1)
        if len(data) > entry.size:
            raise limits.bomb(f"{entry.name!r} is larger than the archive says")
        if len(data) < entry.size or zlib.crc32(data) != entry.where.CRC:
            raise _damaged(entry.name)
        return data

    def _vet(self, infos: list[zipfile.ZipInfo], coding: str | None) -> None:
        texts, self.notices = codings.decoded(map(_raw_name, infos), coding)
        for info, text in zip(infos, texts, strict=True):
            path, is_folder = _vetted(info, text)
            if unnamed := names.unnamed(path):
                self.skipped += [] if is_folder else [unnamed]
            elif is_folder:
                self.folders.add(path)
            else:
                self.files.append(Entry(path, info.file_size, info, info.compress_size))
        _no_overlap(infos, self._zip.start_dir)

    def _unpack(self, info: zipfile.ZipInfo, most: int, packed: int = -1) -> bytes:
        """At most `most` bytes of a member, from its first `packed` bytes or all."""
        try:
            if info.compress_type == zipfile.ZIP_LZMA:
                with self._zip.open(info) as member:
                    return member.read(most)
            return _inflated(self._raw(info, packed), info.compress_type, most)
        except Refused:
            raise
        except Exception as error:  # each way of packing has exceptions of its own
            raise _damaged(info.filename) from error

    def _raw(self, info: zipfile.ZipInfo, most: int) -> bytes:
        """The packed bytes; their own header says where they begin, and nothing else is taken from it."""
        self._file.seek(info.header_offset)
        signature, name, extra = struct.unpack("<4s22xHH", self._file.read(30))
        if signature != b"PK\3\4":
            raise _damaged(info.filename)
        self._file.seek(name + extra, 1)
        return self._file.read(info.compress_size if most < 0 else min(most, info.compress_size))


def _inflated(raw: bytes, method: int, most: int) -> bytes:
    if method == zipfile.ZIP_STORED:
        return raw[:most]
    if method == zipfile.ZIP_BZIP2:
        return bz2.BZ2Decompressor().decompress(raw, most)
    return zlib.decompressobj(-15).decompress(raw, most)


def count_entries(file: BinaryIO, allowed: limits.Limits = limits.UPLOAD) -> int:
    """Count the directory's entries without building them: a million would take ten seconds. Raises Refused."""
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    tail = file.read(TAIL)
    end = tail.rfind(b"PK\5\6")
    if end < 0 or len(tail) < end + 22:
        raise limits.corrupt("its end is missing")
    (length,) = struct.unpack_from("<12xI", tail, end)
    large = tail.rfind(b"PK\6\6", 0, end)
    if length == 0xFFFFFFFF and large >= 0 and len(tail) >= large + 56:
        (length,) = struct.unpack_from("<40xQ", tail, large)
    if length > allowed.directory:
        raise limits.bomb(f"its table of contents alone is over {allowed.directory / 1e6:,.0f} MB")
    file.seek(max(0, size - len(tail) + end - length - 76))
    number = file.read(length + 76).count(b"PK\1\2")
    allowed.count(number)
    return number


def _vetted(info: zipfile.ZipInfo, name: str) -> tuple[str, bool]:
    """The safe path of an entry and whether it is a folder."""
    path = names.checked(name)
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        raise Refused(Kind.UNSAFE_LINK, f"The archive isn't opened: {path!r} is a link; pack the file itself.")
    if stat.S_IFMT(mode) in DEVICES:  # some programs write nonsense here, which is harmless
        raise Refused(Kind.UNSAFE_MEMBER, f"The archive isn't opened: {path!r} is a device or pipe, not a file.")
    if info.flag_bits & ENCRYPTED or info.compress_type == 99:
        raise Refused(Kind.ENCRYPTED_ARCHIVE, "The archive is encrypted; pack it again without a password.")
    if info.compress_type not in METHODS:
        raise Refused(
            Kind.UNSUPPORTED_ARCHIVE, f"{path!r} is packed in a way we can't unpack; use plain ZIP (deflate)."
        )
    return path, name.endswith(("/", "\\")) or (stat.S_ISDIR(mode) and not info.file_size)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The name as it was written: zipfile cuts it at a NUL, and reads what isn't marked as UTF-8 as code page 437."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def _no_overlap(infos: list[zipfile.ZipInfo], end: int) -> None:
    """Members that share bytes are how a small ZIP unpacks to petabytes (Fifield 2019, 'A better zip bomb')."""
    spans = sorted((i.header_offset, i.header_offset + 30 + len(i.orig_filename) + i.compress_size) for i in infos)
    starts = [start for start, _ in spans[1:]] + [end]
    for (_, stop), following in zip(spans, starts, strict=False):
        if stop > following:
            if following == end:
                raise limits.corrupt("a file in it reaches beyond its end")
            raise limits.bomb("files in it overlap")


def _damaged(name: str) -> Refused:
    return Refused(
        Kind.TRUNCATED_OR_CORRUPT, f"{name!r} is damaged inside the archive: it doesn't unpack as it should."
    )
