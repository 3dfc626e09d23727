"""Versions of a data set: where each lies, which is the current one, and how the next is made of it.

    meta.json labels.npy splits.npy    version 1, beside the pictures
    versions/2/ ...                    the same of a later one, and rows.npy: which stored pictures it holds
    current.json                       the number of the current one, 1 without it

Pictures are never copied nor changed, and no version ever goes, so every edit can be undone.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from mlcore import durable, reader
from mlcore.data import checks, meta
from mlcore.data.edits import Content
from mlcore.data.splits import UNLABELLED
from mlcore.data.writer import VERSION, fingerprint
from mlcore.errors import Kind, Notice, Refused

FOLDER, CURRENT, LOCK = "versions", "current.json", ".editing"
ARRAYS = ("labels", "splits", "rows")
THEN = "When it was added: "
FOUND_THEN = (Kind.NEAR_DUPLICATES, Kind.NEAR_LABEL_CONFLICT, Kind.TRAIN_TEST_NEAR_LEAK)
OF_CONTENT = {  # notices that an edit may change
    Kind.CLASS_TOO_SMALL,
    Kind.CLASS_NOT_IN_SPLIT,
    Kind.LABEL_CONFLICT,
    Kind.TRAIN_TEST_LEAK,
    Kind.NEAR_DUPLICATES,
    Kind.NEAR_LABEL_CONFLICT,
    Kind.TRAIN_TEST_NEAR_LEAK,
    Kind.KEPT_TOGETHER,
}


@dataclass(frozen=True)
class Version:
    """One version of a data set: when and why it was made, what it holds, and the number of the one it was made of."""

    number: int
    created: str
    why: str
    fingerprint: str
    pictures: int
    parent: int


def current(folder: Path) -> int:
    """The number of the current version; raises Refused(unreadable-file) where that can't be read."""
    try:
        number = reader.document(folder / CURRENT).get("version")
    except Refused as refusal:
        if refusal.kind == Kind.MISSING_FILE:
            return 1
        raise
    except AttributeError:
        number = None
    if not isinstance(number, int) or number < 1:
        raise Refused(Kind.UNREADABLE_FILE, f"{CURRENT!r} doesn't say which version is the current one.")
    return number


def at(folder: Path, number: int) -> Path:
    """Where a version lies."""
    return folder if number == 1 else folder / FOLDER / str(number)


def numbers(folder: Path) -> list[int]:
    """The numbers of all versions, in the order in which they were made."""
    return [1, *sorted(int(name) for name in reader.names_in(folder / FOLDER) if name.isdecimal())]


def history(folder: Path) -> tuple[Version, ...]:
    """All versions that can be read, in the order in which they were made."""
    found = (_version(folder, number) for number in numbers(folder))
    return tuple(each for each in found if each)


def find(folder: Path, wanted: str) -> int | None:
    """The number of the version with that fingerprint, the current one first, then the newest; None for none."""
    now = current(folder)
    ordered = [now, *reversed(numbers(folder))]
    read = (_version(folder, number) for number in ordered)
    return next((each.number for each in read if each and each.fingerprint == wanted), None)


@contextmanager
def editing(folder: Path) -> Iterator[None]:
    """One editor at a time, across threads and processes."""
    with durable.lock(folder / LOCK):
        durable.sweep(folder)  # what a killed editor left behind
        durable.sweep(folder / FOLDER)
        yield


def make_current(folder: Path, number: int) -> None:
    """From now on this version is the one that everybody opens."""
    durable.write_json(folder / CURRENT, {"version": number})


def publish(
    folder: Path,
    parent: int,
    content: Content,
    why: str,
    shape: tuple[int, ...] = (),
    notices: Sequence[Notice] = (),
) -> int:
    """Write a version made of another one, of pictures of another shape if one is given; it isn't the current one yet.

    `notices` are further ones. Gives its number.
    """
    older, number = at(folder, parent), numbers(folder)[-1] + 1
    facts = meta.of(older)
    arrays = {"labels": content.labels, "splits": content.splits, "rows": content.rows}
    with durable.new_folder(at(folder, number)) as built:
        for name, values in arrays.items():
            _keep(built / f"{name}.npy", values, older / f"{name}.npy")
        said = _facts(facts, content, shape or facts.shape, notices)
        durable.write_json(built / meta.FILE, {**said, "parent": parent, "why": why})
    return number


def _facts(older: meta.Meta, content: Content, shape: tuple[int, ...], further: Sequence[Notice]) -> dict[str, Any]:
    labelled = content.splits != UNLABELLED
    labels, splits, hashes = content.labels[labelled], content.splits[labelled], content.hashes[labelled]
    gone = OF_CONTENT if shape == older.shape else (*OF_CONTENT, Kind.RESIZED)
    kept = [_as_added(each) for each in older.remarks if each.kind not in gone]
    notices = [*kept, *further, *checks.notices(content.classes, labels, splits, checks.groups(hashes))]
    return {
        **older.model_dump(mode="json"),
        **meta.counts(content.classes, content.labels, content.splits),
        "version": VERSION,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "classes": content.classes,
        "shape": shape,
        "fingerprint": fingerprint(shape, content.classes, content.labels, content.splits, content.hashes),
        "notices": [{"kind": each.kind, "message": each.message} for each in notices],
        "skipped": [],  # version 1 lists them
    }


def _as_added(notice: Notice) -> Notice:
    """What was found in the pictures as they were added may hold no more after an edit."""
    if notice.kind not in FOUND_THEN or notice.message.startswith(THEN):
        return notice
    return Notice(notice.kind, f"{THEN}{notice.message}")


def _keep(path: Path, values: np.ndarray, older: Path) -> None:
    """Write an array; where the older version has the very same, both share one file."""
    try:
        if np.array_equal(reader.array(older), values):
            os.link(older, path)
            return
    except (Refused, OSError):  # version 1 has no rows; a disk without links
        pass
    np.save(path, values, allow_pickle=False)


def _version(folder: Path, number: int) -> Version | None:
    path = at(folder, number) / meta.FILE
    try:
        return _read(path, number, path.stat().st_ino, path.stat().st_mtime_ns)
    except (Refused, OSError):
        return None


@lru_cache(maxsize=4096)
def _read(path: Path, number: int, *_: int) -> Version:
    """What a version says of itself; kept in memory, since none ever changes."""
    facts = meta.of(path.parent)
    return Version(number, facts.created, facts.why, facts.fingerprint, facts.pictures, facts.parent)
