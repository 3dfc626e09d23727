"""Opens a folder, ZIP or TAR and says which pictures it holds, in which class and split, and what else it found."""

import builtins
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, Self

from mlcore.archives import classes, delimited, layout, limits, names, oddities
from mlcore.archives.entry import Container, Entry, Skipped
from mlcore.archives.folders import Folder
from mlcore.archives.labels import Labels
from mlcore.archives.reading import DETECTED, Reading
from mlcore.archives.streams import Plain, Unpacked
from mlcore.archives.tars import Tar
from mlcore.archives.uploads import Uploads
from mlcore.archives.zips import Zip
from mlcore.errors import Kind, Notice, Refused
from mlcore.signatures import HEAD, identify

SNIFF = 64  # bytes that show whether a file of another name is a picture
TEXTS = (*delimited.ENDINGS, ".json", ".names")
NO_FACTS: Mapping[str, str | float] = MappingProxyType({})  # one for all: of a million each would take a dictionary
NOTHING: Mapping[str, bytes] = MappingProxyType({})
ENDINGS = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz")

Source = Path | str | BinaryIO | list[BinaryIO]  # a folder or file of this machine, an upload, or a dropped folder


@dataclass(frozen=True, slots=True)
class Member:
    """A file that should be a picture or a video: its path inside, its split and class where the folders tell.

    `folder` is what stands between the file and its class folder: where frames lie that make up a clip. `facts` are
    what a table beside says of it.
    """

    name: str
    split: str | None
    class_name: str | None
    folder: str = ""
    facts: Mapping[str, str | float] = field(default_factory=lambda: NO_FACTS, compare=False, hash=False)


class Archive:
    """The pictures of a folder, ZIP or TAR; with `videos` its videos, too.

    `members` in the archive's order, `classes` {name: pictures}, `skipped` files that should be pictures but aren't
    read, `ignored` how many others were passed over (texts, hidden files), `notices` on names and classes. `texts` are
    tables and lists beside the pictures with their sizes, `labels` what those say, once it is read as a data set.
    """

    def __init__(
        self,
        container: Container,
        close: Callable[[], None] = lambda: None,
        videos: bool = False,
        reading: Reading = DETECTED,
        beside: Mapping[str, bytes] = NOTHING,
        allowed: limits.Limits = limits.UPLOAD,
    ):
        self._container, self._close, self._videos, self.passed_videos = container, close, videos, 0
        self.reading, self._beside = reading, beside
        self.labels: Labels | None = None
        self._entries: dict[str, Entry] = {}
        self._texts: dict[str, Entry] = {}
        self._budget, self.most_cells = limits.Budget(allowed), allowed.cells
        self.skipped: list[Skipped] = [one for one in container.skipped if not names.is_clutter(one.file)]
        self.ignored = 0
        doubles = [entry.name for entry in container.files if not self._sort_in(entry)]
        self.layout = layout.find(self._entries, reading, frames=videos)
        self.members = tuple(
            Member(name, *self.layout.split_and_class(name), self.layout.below(name)) for name in self._entries
        )
        empty = self.layout.classes(_all_folders(container)) - set(self.classes)
        spellings = self.layout.spellings(self._entries)
        self.notices = (*container.notices, *_notices(doubles, self.classes, sorted(empty), spellings))
        self.notices += tuple(oddities.notices(self.members))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file behind it."""
        self._container.close()
        self._close()

    @property
    def classes(self) -> dict[str, int]:
        """How many pictures each class has, in the order of their names: 2 before 10."""
        counts = Counter(member.class_name for member in self.members if member.class_name is not None)
        return {name: counts[name] for name in sorted(counts, key=lambda name: (names.natural(name), name))}

    def read(self, member: Member) -> bytes:
        """A member's bytes; raises Refused when it is damaged. Out of order this is slow in a compressed TAR."""
        return self._container.read(self._entries[member.name])

    @property
    def nbytes(self) -> int:
        """How many bytes the members have together."""
        return sum(self._entries[member.name].size for member in self.members)

    @property
    def texts(self) -> dict[str, int]:
        """Tables and lists beside the pictures, by their paths, with their sizes in bytes."""
        sizes = {name: entry.size for name, entry in self._texts.items()}
        return {**{name: len(data) for name, data in self._beside.items()}, **sizes}

    def text(self, name: str) -> bytes:
        """The bytes of one of `texts`; raises Refused where it is damaged."""
        return self._beside[name] if name in self._beside else self._container.read(self._texts[name])

    def pictures(self) -> Iterator[tuple[Member, bytes]]:
        """Every member with its bytes, in the archive's order; damaged ones go to `skipped`.

        Raises Refused when the archive as a whole turns out to be damaged or not what it claims.
        """
        for member in self.members:
            try:
                data = self.read(member)
            except Refused as refusal:
                if refusal.kind in (Kind.ARCHIVE_BOMB, Kind.CORRUPT_ARCHIVE):
                    raise
                self.skip(member, refusal)
            else:
                yield member, data

    def some(self, count: int) -> tuple[Member, ...]:
        """At most so many members: evenly spread, or the first ones where going back would be slow."""
        step = max(1, len(self.members) / count) if self._container.goes_back else 1
        return tuple(self.members[int(place * step)] for place in range(min(count, len(self.members))))

    def skip(self, member: Member, refusal: Refused) -> None:
        """Note that a member isn't used, and why."""
        self.skipped.append(Skipped(member.name, refusal.kind, refusal.message))

    def require_classes(self, least: int = 1) -> None:
        """Read it as a data set, as `classes.settle` says; raises Refused."""
        classes.settle(self, least)

    def _sort_in(self, entry: Entry) -> bool:
        """Decide what a file is; False for a second file of the same name, which isn't used."""
        if entry.name in self._entries:
            return False
        if names.is_clutter(entry.name):
            self.ignored += 1
        elif names.is_picture_name(entry.name) or (self._videos and names.is_video_name(entry.name)):
            self._take(entry)
        else:
            self._sniff(entry)
        return True

    def _sniff(self, entry: Entry) -> None:
        """A file that isn't called like a picture: its first bytes may tell that it is one, or an archive."""
        signature = identify(self._container.head(entry, SNIFF))
        if signature and signature.family in (("picture", "video") if self._videos else ("picture",)):
            self._take(entry)
        elif signature and "archive" in signature.family:
            message = "An archive inside an archive isn't opened; unpack it first."
            self.skipped.append(Skipped(entry.name, Kind.UNSUPPORTED_ARCHIVE, message))
        else:
            self.ignored += 1
            self.passed_videos += bool(signature and signature.family == "video")
            if entry.name.lower().endswith(TEXTS) and entry.size <= limits.MAX_MEMBER:
                self._texts[entry.name] = entry

    def _take(self, entry: Entry) -> None:
        """Note a file that will be read; one that is too large for that is left out."""
        self._entries[entry.name] = entry
        if not self._container.is_packed:
            return
        self._budget.spend(entry)
        if entry.size > limits.MAX_MEMBER:
            has = f"It has {entry.size / 1e6:,.0f} MB, and {limits.MAX_MEMBER >> 20} MB are allowed in an archive"
            self._leave_out(entry, Kind.TOO_MANY_PIXELS, f"{has}; unpacked, as a folder, it is read.")
        elif limits.packs_like_a_bomb(entry) and not self._begins_like_a_picture(entry):
            message = f"It unpacks to more than {limits.MAX_RATIO} times its size and is no picture."
            self._leave_out(entry, Kind.ARCHIVE_BOMB, message)

    def _leave_out(self, entry: Entry, kind: Kind, message: str) -> None:
        del self._entries[entry.name]
        self.skipped.append(Skipped(entry.name, kind, message))

    def _begins_like_a_picture(self, entry: Entry) -> bool:
        signature = identify(self._container.head(entry, SNIFF))
        return signature is not None and "picture" in signature.family


def open(
    source: Source,
    name: str | None = None,
    videos: bool = False,
    reading: Reading = DETECTED,
    beside: Mapping[str, bytes] = NOTHING,
) -> Archive:
    """Open a folder, ZIP or TAR (also .gz, .bz2, .xz) by its content, or the files that a browser sent.

    `name` is what a person calls it. With `videos` its videos are members as its pictures are; else they are passed
    over. `reading` is what was said of it, and what isn't is found by looking: names that aren't UTF-8 are read by the
    likeliest code page, which is told. `beside` are tables that don't lie in it.

    Everything the archive says of itself is checked before any member is unpacked. Raises Refused.
    """
    how: dict[str, Any] = {"videos": videos, "reading": reading, "beside": beside}
    if isinstance(source, list):
        return Archive(Uploads(source), **how)
    if isinstance(source, str | Path):
        if os.path.isdir(source):
            return Archive(Folder(Path(source), reading.coding), allowed=limits.OWN_FOLDER, **how)
        file = open_file(source)
        return _opened(file, name or Path(source).name, how, is_own=True)
    return _opened(source, name or Path(getattr(source, "name", None) or "").name, how, is_own=False)


def open_file(path: Path | str) -> BinaryIO:
    """A file of this machine, opened for reading; raises Refused for what is missing, unreadable or no file."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # before opening: a pipe would wait for a writer
            raise Refused(Kind.UNSAFE_MEMBER, f"{str(path)!r} is no file: a folder, a pipe or a device.")
        return builtins.open(path, "rb")
    except (FileNotFoundError, NotADirectoryError):
        raise Refused(Kind.MISSING_DATA, f"There is no file or folder {str(path)!r}.") from None
    except (OSError, ValueError) as error:
        raise Refused(Kind.MISSING_DATA, f"{str(path)!r} can't be read: {error}.") from None


def _opened(file: BinaryIO, name: str, how: dict[str, Any], is_own: bool) -> Archive:
    close = file.close if is_own else lambda: None
    try:
        allowed = limits.own(file.seek(0, 2)) if is_own else limits.UPLOAD
        return Archive(_container(file, name, how["reading"].coding, allowed), close, allowed=allowed, **how)
    except BaseException:
        close()
        raise


def _container(file: BinaryIO, name: str, coding: str | None, allowed: limits.Limits) -> Container:
    file.seek(0)
    head = file.read(HEAD)
    signature = identify(head)
    if not head:
        raise Refused(Kind.EMPTY_FILE, "The file is empty.")
    if signature and signature.name == "ZIP":
        return Zip(file, coding, allowed)
    is_empty_tar = name.lower().endswith(".tar") and not any(head)
    if is_empty_tar or (signature and signature.name == "TAR"):
        return Tar(Plain(file), coding, allowed)
    if signature and signature.family == "archive":
        return Tar(_unpacked(file, signature.name, allowed), coding, allowed)
    if signature is None and name.lower().endswith(ENDINGS):
        raise limits.corrupt("it doesn't begin like a ZIP or TAR")
    what = f"This is a file of the format {signature.name}" if signature else "This is no archive of a known kind"
    raise Refused(Kind.UNSUPPORTED_ARCHIVE, f"{what}; pictures can be in a folder, a ZIP or a TAR (.gz, .bz2, .xz).")


def _unpacked(file: BinaryIO, format: str, allowed: limits.Limits) -> Unpacked:
    reader = Unpacked(file, format, allowed)
    block = reader.at(0, 512)
    signature = identify(block)
    if (signature and signature.name == "TAR") or (len(block) == 512 and not any(block)):
        return reader
    message = f"The {format} file doesn't hold a TAR; pack the pictures as ZIP or TAR."
    raise Refused(Kind.UNSUPPORTED_ARCHIVE, message)


def _all_folders(container: Container) -> set[str]:
    """Every folder, named by itself or by a file in it, except clutter."""
    named = container.folders | {entry.name.rpartition("/")[0] for entry in container.files}
    return {folder for folder in named if folder and not names.is_clutter(folder)}


def _notices(doubles: list[str], classes: dict[str, int], empty: list[str], spellings: list[str]) -> Iterator[Notice]:
    if doubles:
        message = f"{len(doubles):,} names occur more than once; the first file is used: {names.listed(doubles)}."
        yield Notice(Kind.DUPLICATE_NAMES, message)
    if spellings:
        message = f"Folders whose names differ only in how accents are stored are one class: {names.listed(spellings)}."
        yield Notice(Kind.SIMILAR_CLASS_NAMES, message)
    for group in names.similar(classes):
        yield Notice(Kind.SIMILAR_CLASS_NAMES, f"These classes may be one: {names.listed(group)}.")
    if empty:
        yield Notice(Kind.EMPTY_CLASS, f"Folders without a picture, which make no class: {names.listed(empty)}.")
