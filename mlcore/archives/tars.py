"""TAR archives, plain or compressed, listed in one pass from front to back (POSIX.1-2001, and GNU's long names)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlcore.archives import codings, limits, names
from mlcore.archives.entry import Entry, Skipped
from mlcore.archives.streams import Plain, Unpacked
from mlcore.errors import Kind, Refused

BLOCK = 512
PADDING = 1 << 16  # bytes read after the last file, to see that a compressed TAR ends as it should; tar pads to 10,240
MAX_EXTRA = 1 << 20  # bytes of a long name or of extended attributes
HEAD = 64  # bytes kept of files that aren't called like pictures
FILE, FOLDER, SECOND_NAME, LINK, DEVICES = {b"0", b"\0", b"7"}, b"5", b"1", b"2", {b"3", b"4", b"6"}
LONG_NAME, LONG_LINK, EXTENDED, FOR_ALL = b"L", b"K", {b"x", b"X"}, b"g"


class Tar:
    """The files of a TAR; names that aren't UTF-8 are read by `coding` or the likeliest code page."""

    is_packed = True

    def __init__(self, reader: Plain | Unpacked, coding: str | None = None, allowed: limits.Limits = limits.UPLOAD):
        self._reader, self._allowed, self.goes_back = reader, allowed, isinstance(reader, Plain)
        self.files: list[Entry] = []
        self.folders: set[str] = set()
        self.skipped: list[Skipped] = []
        self._heads: dict[int, bytes] = {}
        self._names: set[str] = set()
        headers = [self._looked_at(header) for header in _members(reader, allowed)]
        texts, self.notices = codings.decoded((part for one in headers for part in (one.name, one.target)), coding)
        for header, name, target in zip(headers, texts[::2], texts[1::2], strict=True):
            self._take(header, names.checked(name), target)

    def _looked_at(self, header: "_Header") -> "_Header":
        """Keep a member's first bytes while the stream is here: going back means from the start."""
        name = header.name.decode("latin-1")
        if header.type in FILE:
            self._allowed.claim(name, header.size)
            if not names.is_picture_name(name):
                self._heads[header.data] = self._reader.at(header.data, min(HEAD, header.size))
        return header

    def _take(self, header: "_Header", path: str, target: str) -> None:
        if header.type == SECOND_NAME:
            self.skipped.append(self._second_name(path, target))
            return
        _vet(header, path)
        if unnamed := names.unnamed(path):
            self.skipped += [] if header.is_folder else [unnamed]
        elif header.is_folder:
            self.folders.add(path)
        else:
            self.files.append(Entry(path, header.size, header.data))
            self._names.add(path)
            self._allowed.count(len(self.files))

    def _second_name(self, path: str, target: str) -> Skipped:
        """A hard link: the same file under another name, which is read once; raises Refused when it leads elsewhere."""
        first = names.checked(target)
        if first not in self._names:
            raise _link(path)
        words = f"It is a second name of {first!r}, which is read."
        return names.unnamed(path) or Skipped(path, Kind.UNSAFE_LINK, words)

    def close(self) -> None:
        pass

    def head(self, entry: Entry, size: int) -> bytes:
        """The first bytes of a file that isn't called like a picture."""
        return self._heads.get(entry.where, b"")[:size]

    def read(self, entry: Entry) -> bytes:
        """A member's bytes."""
        return self._reader.at(entry.where, entry.size)


@dataclass(frozen=True)
class _Header:
    """What a member says of itself; `target` is what a link stands for."""

    name: bytes
    type: bytes
    size: int
    data: int
    target: bytes = b""

    @property
    def is_folder(self) -> bool:
        return self.type == FOLDER or (self.type in FILE and self.name.endswith(b"/"))

    @property
    def end(self) -> int:
        """Where the next header stands; a folder or a link has nothing of its own before it."""
        return self.data + (0 if self.type in (FOLDER, SECOND_NAME, LINK) else -(-self.size // BLOCK) * BLOCK)


def _members(reader: Plain | Unpacked, allowed: limits.Limits) -> Iterator[_Header]:
    """The headers of members; those that only say more about the next one are taken in."""
    said: dict[str, bytes] = {}
    offset, count = 0, 0
    while any(block := reader.at(offset, BLOCK)):
        header = _parsed(block, offset)
        count += 1
        allowed.count(count // 3)
        offset = header.end
        if header.type in EXTENDED | {LONG_NAME, LONG_LINK, FOR_ALL}:
            said |= _extra(header, reader)
            continue
        header = _amended(header, said)
        offset, said = header.end, {}
        yield header
    if len(block) < BLOCK:
        raise limits.corrupt("its end is missing")
    reader.at(offset, PADDING)


def _parsed(block: bytes, offset: int) -> _Header:
    if len(block) < BLOCK:
        raise limits.corrupt("its end is missing")
    if _number(block[148:156]) != sum(block) - sum(block[148:156]) + 8 * 32:
        raise limits.corrupt("a header in it doesn't match its own sum")
    name, prefix = _cut(block[:100]), _cut(block[345:500]) if block[257:263] == b"ustar\0" else b""
    full = prefix + b"/" + name if prefix else name
    return _Header(full, block[156:157], _number(block[124:136]), offset + BLOCK, _cut(block[157:257]))


def _amended(header: _Header, said: dict[str, bytes]) -> _Header:
    """The header with what was said before it of its name, its size and its target."""
    size = _whole(said["size"]) if "size" in said else header.size
    target = said.get("linkpath", header.target)
    return _Header(said.get("path", header.name), header.type, size, header.data, target)


def _number(field: bytes) -> int:
    """A number in octal digits or, for large ones, in base 256 with the first bit set."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    if not re.fullmatch(rb"[0-7]*", digits):
        raise limits.corrupt("a number in it can't be read")
    return int(digits or b"0", 8)


def _cut(field: bytes) -> bytes:
    return field.split(b"\0", 1)[0]


def _extra(header: _Header, reader: Plain | Unpacked) -> dict[str, bytes]:
    """What a long name or extended attributes say about the next member."""
    if header.size > MAX_EXTRA:
        raise limits.bomb(f"a name or attribute in it has {header.size / 1e6:,.0f} MB")
    data = reader.at(header.data, header.size)
    if header.type in (LONG_NAME, LONG_LINK):
        return {"path" if header.type == LONG_NAME else "linkpath": _cut(data)}
    return _attributes(data, also_names=header.type in EXTENDED)


def _attributes(data: bytes, also_names: bool) -> dict[str, bytes]:
    """Records '<length> <key>=<value>' and a line end; only a path, its target and a size matter here."""
    said, position = {}, 0
    while match := re.compile(rb"(\d{1,8}) ([^=]+)=").match(data, position):
        end = position + int(match[1])
        if end <= match.end() or end > len(data):
            raise limits.corrupt("an attribute in it can't be read")
        key, value = match[2], data[match.end() : end - 1]
        if key.startswith(b"GNU.sparse"):
            raise Refused(
                Kind.UNSAFE_MEMBER, "The archive isn't opened: it holds a sparse file; pack it without --sparse."
            )
        if also_names and key in (b"path", b"linkpath", b"size"):
            said[key.decode()] = value
        position = end
    return said


def _whole(digits: bytes) -> int:
    if not re.fullmatch(rb"\d{1,19}", digits):
        raise limits.corrupt("a size in it can't be read")
    return int(digits)


def _vet(header: _Header, path: str) -> None:
    """Raise Refused for what is neither a file nor a folder."""
    if header.type == LINK:
        raise _link(path)
    if header.type not in FILE | {FOLDER}:
        what = "a device or pipe" if header.type in DEVICES else "of an unknown type"
        raise Refused(Kind.UNSAFE_MEMBER, f"The archive isn't opened: {path!r} is {what}, not a file.")


def _link(path: str) -> Refused:
    return Refused(Kind.UNSAFE_LINK, f"The archive isn't opened: {path!r} is a link; pack the file itself.")
