"""Pictures on their way to a lesson: classes and their pictures in a folder under home, safe from reloads and crashes.

    <home>/drafts/<id>/draft.json          the names of the classes, in order, with the folder of each
    <home>/drafts/<id>/.lock               held while something changes, whoever changes it
    <home>/drafts/<id>/<folder>/<hash>.png one picture, named by its pixels

A picture is kept at most 512 pixels wide or high; where it came from isn't kept. A draft is on disk from its first
change on. Several people may change one at once: each change is made to what is on disk then, or refused.
"""

import contextlib
import hashlib
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field

from mlcore import durable, images, reader
from mlcore.errors import Kind, Refused, unknown
from mlcore.home import NAME, in_home

SIDE = 512  # pixels: more than any of our networks looks at
MOST_CLASSES, MOST_PICTURES, LONGEST_NAME = 50, 2000, 40
FIRST = ("Class 1", "Class 2")
FILE, LOCK = "draft.json", ".lock"
DELETED = "These pictures were deleted meanwhile, by you or by somebody else; nothing was added."


@dataclass(frozen=True)
class DraftClass:
    """A class: its name, and the names of its pictures, the oldest first."""

    key: str
    name: str
    pictures: tuple[str, ...]


class Named(BaseModel):
    """What `draft.json` says: the name of each class, by its folder."""

    classes: dict[str, Annotated[str, Field(max_length=LONGEST_NAME)]]


class Draft:
    """The pictures of one lesson; every change is on disk when it returns, and raises Refused where it can't be made.

    `first` are the classes of a draft that begins, {key: name}, until something changes.
    """

    def __init__(self, id: str, first: dict[str, str] | None = None):
        self.id, self.folder, self._first = id, folder() / id, first

    @property
    def is_kept(self) -> bool:
        """Whether it is on disk, as any draft is that was changed and not deleted."""
        return (self.folder / FILE).exists()

    @property
    def begins(self) -> bool:
        """Whether it may become one by its first change."""
        return self._first is not None

    @property
    def classes(self) -> tuple[DraftClass, ...]:
        """The classes in order, as they are on disk now."""
        return tuple(DraftClass(key, name, self._names(key)) for key, name in self._read().items())

    @property
    def count(self) -> int:
        """Pictures in all."""
        return sum(len(one.pictures) for one in self.classes)

    def add_class(self, name: str = "") -> str:
        """Add an empty class, under the next free name where none is given; gives its key."""
        with self._change() as classes:
            if len(classes) >= MOST_CLASSES:
                raise Refused(Kind.BAD_SETTING, f"There are {MOST_CLASSES} classes already, the most that are allowed.")
            key = new_key()
            classes[key] = _checked(name or _free(classes.values()), classes.values())
        return key

    def rename_class(self, key: str, name: str, was: str | None = None) -> None:
        """Call a class something else; refused where it isn't called what it `was` any more."""
        with self._change() as classes:
            self._class(key, classes)
            if was not in (None, classes[key]):
                raise Refused(
                    Kind.BAD_SETTING, f"Somebody else has named this class {classes[key]!r} meanwhile; it stays so."
                )
            others = [taken for other, taken in classes.items() if other != key]
            classes[key] = _checked(name, others)

    def remove_class(self, key: str) -> None:
        """Delete a class with its pictures; one that is gone already is fine."""
        with self._change() as classes:
            if classes.pop(key, None) is not None:
                durable.remove_folder(self.folder / key)

    def add(self, key: str, content: bytes) -> bool:
        """Put a picture, the bytes of a file, into a class; False when it is there already."""
        pixels = images.thumbnail(images.decode(content).pixels, SIDE)
        path = self.folder / key / f"{hashlib.sha256(pixels.tobytes()).hexdigest()[:16]}.png"
        with self._change() as classes:
            self._class(key, classes)
            if path.exists():
                return False
            if self.count >= MOST_PICTURES:
                raise Refused(
                    Kind.BAD_SETTING,
                    f"{MOST_PICTURES:,} pictures are the most a lesson takes; more are better kept as a data set.",
                )
            durable.write_bytes(path, images.png(pixels))
        return True

    def remove(self, key: str, picture: str) -> None:
        """Delete one picture; one that is gone already is fine."""
        with self._change():
            if picture in self._names(key):
                (self.folder / key / f"{picture}.png").unlink(missing_ok=True)

    def file(self, key: str, picture: str) -> Path:
        """Where a picture is; raises Refused(unknown-name)."""
        path = self.folder / key / f"{picture}.png"
        if key not in self._read() or not _is_file(path):
            raise Refused(Kind.UNKNOWN_NAME, "That picture was deleted.")
        return path

    def files(self, one: DraftClass) -> dict[str, Path]:
        """Where the pictures of a class are, by their names."""
        return {picture: self.folder / one.key / f"{picture}.png" for picture in one.pictures}

    def sizes(self) -> list[tuple[int, int]]:
        """Height and width of every picture, without decoding any."""
        return [_size(file) for one in self.classes for file in self.files(one).values()]

    def pixels(self) -> dict[str, list[np.ndarray]]:
        """Every picture, uint8 (H, W, 3), under the name of its class."""
        return {
            one.name: [images.decode(reader.content(file)).pixels for file in self.files(one).values()]
            for one in self.classes
        }

    def discard(self) -> None:
        """Delete the draft with all its pictures."""
        if self.is_kept:
            with self._change():
                durable.remove_folder(self.folder)

    @contextmanager
    def _change(self) -> Iterator[dict[str, str]]:
        """The classes as they are on disk, to be changed; nobody else changes the draft meanwhile."""
        if self._first is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
        if not self.folder.is_dir():
            raise Refused(Kind.UNKNOWN_NAME, DELETED)
        with durable.lock(self.folder / LOCK):
            if self._first is None and not self.is_kept:
                raise Refused(Kind.UNKNOWN_NAME, DELETED)
            classes = self._read()
            if not self.is_kept:
                self._write(classes)
            before = dict(classes)
            yield classes
            if classes != before:
                self._write(classes)

    def _class(self, key: str, classes: dict[str, str]) -> None:
        if key not in classes:
            raise Refused(Kind.UNKNOWN_NAME, "That class was deleted.")

    def _names(self, key: str) -> tuple[str, ...]:
        if key not in self._read():
            return ()
        files = [path for path in (self.folder / key).glob("[!.]*.png") if _is_file(path)]
        return tuple(path.stem for path in sorted(files, key=_age))

    def _read(self) -> dict[str, str]:
        if self._first is not None and not self.is_kept:
            return dict(self._first)
        try:
            rows = reader.record(self.folder / FILE, Named).classes.items()
        except Refused:
            return {}
        return {key: name for key, name in rows if re.fullmatch(r"class-[0-9a-f]{8}", key)}

    def _write(self, classes: dict[str, str]) -> None:
        created = reader.facts(self.folder / FILE).get("created") or datetime.now(UTC).isoformat(timespec="seconds")
        durable.write_json(self.folder / FILE, {"created": created, "classes": classes})


def folder() -> Path:
    """Where the drafts are."""
    return in_home("drafts")


def new() -> Draft:
    """A draft with two empty classes; nothing is on disk before it changes."""
    return Draft(f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(4)}", {new_key(): name for name in FIRST})


def new_key() -> str:
    """A name for the folder of a class."""
    return f"class-{secrets.token_hex(4)}"


def all() -> list[Draft]:
    """Every draft, the one that was changed last on top."""
    drafts = [folder() / name for name in reader.names_in(folder()) if not _trouble(folder() / name)]
    return [Draft(path.name) for path in sorted(drafts, key=_changed, reverse=True)]


def unreadable() -> list[reader.Unreadable]:
    """What lies among the drafts and can't be read, each with the reason; `remove_unreadable` deletes it."""
    reasons = {name: _trouble(folder() / name) for name in reader.names_in(folder())}
    return [reader.Unreadable(name, why) for name, why in reasons.items() if why]


def remove_unreadable(name: str) -> None:
    """Delete a draft that can't be read, for good; raises Refused(unknown-name) for any other."""
    reader.refuse_readable(name, unreadable(), "draft")
    durable.remove_folder(folder() / name)


def open(id: str) -> Draft:
    """The draft of that id; raises Refused(unknown-name)."""
    ids = [draft.id for draft in all()]
    if id not in ids:
        raise unknown(Kind.UNKNOWN_NAME, "draft", id, ids)
    return Draft(id)


def _is_file(path: Path) -> bool:
    """Whether a picture may be there, without opening it: a regular file of a size that is read."""
    try:
        about = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(about.st_mode) and about.st_size <= reader.MOST_BYTES


def _age(path: Path) -> tuple[float, str]:
    with contextlib.suppress(OSError):  # it was deleted just now
        return path.stat().st_mtime_ns, path.name
    return 0, path.name


def _trouble(path: Path) -> str:
    """Why a draft can't be read; nothing where it can be."""
    if not NAME.match(path.name):
        return "Its name can't be used: small letters, digits, - and _ are allowed."
    return reader.reason(reader.record, path / FILE, Named)


def _size(file: Path) -> tuple[int, int]:
    """Read from the header of a PNG, which begins with a signature and the chunk of width and height."""
    with reader.opened(file) as content:
        header = content.read(24)
    return int.from_bytes(header[20:24], "big"), int.from_bytes(header[16:20], "big")


def _changed(folder: Path) -> float:
    with contextlib.suppress(OSError):  # it is being removed right now
        return max(path.lstat().st_mtime for path in (folder, *folder.iterdir()))
    return 0.0


def _free(taken: Iterable[str]) -> str:
    """The next name of a class that nobody named."""
    names = {name.casefold() for name in taken}
    return next(name for number in range(1, MOST_CLASSES + 1) if (name := f"Class {number}").casefold() not in names)


def _checked(name: str, taken: Iterable[str]) -> str:
    name = " ".join(str(name).split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused(Kind.BAD_SETTING, f"A class needs a name of 1 to {LONGEST_NAME} letters, not {len(name)}.")
    if name.casefold() in {other.casefold() for other in taken}:
        raise Refused(Kind.BAD_SETTING, f"There is a class called {name!r} already; names must differ.")
    return name
