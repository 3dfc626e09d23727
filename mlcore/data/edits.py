"""Edits of a data set: relabel, move between splits, drop, rename a class; each makes new content out of old.

Rows are numbers of pictures in the version that is edited, whichever edits go before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from mlcore.archives import names
from mlcore.data.splits import SPLITS, UNLABELLED, for_labelled
from mlcore.errors import Kind, Refused

NAMES = {"train": "training", "val": "validation"}  # of splits, in the history
SPLIT_CODES = {name: code for code, name in enumerate((*SPLITS, "unlabelled"))}


@dataclass(frozen=True)
class Content:
    """What a version holds of each picture: its class, split, hash, stored row, and whether it stays; all (n,)."""

    classes: tuple[str, ...]
    labels: np.ndarray
    splits: np.ndarray
    hashes: np.ndarray
    rows: np.ndarray
    stays: np.ndarray
    seed: int = 0
    groups: np.ndarray | None = None  # numbers of what belongs together, such as the frames of a video; -1 for none

    def equals(self, other: "Content") -> bool:
        """Whether both hold the same pictures with the same classes and splits."""
        same = (np.array_equal(getattr(self, name), getattr(other, name)) for name in ("labels", "splits", "rows"))
        return self.classes == other.classes and all(same)

    def checked(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """Rows without repeats in ascending order; raises Refused(bad-setting) for what is no picture of this one."""
        given = np.unique(np.asarray(rows))
        if not len(given) or given.dtype.kind not in "iu":
            raise Refused(Kind.BAD_SETTING, "No picture is named: an edit needs at least one row, a whole number.")
        for row in given[[0, -1]].tolist():
            if not 0 <= row < len(self.labels):
                count = f"it has {len(self.labels):,}, from 0 to {len(self.labels) - 1}"
                raise Refused(Kind.BAD_SETTING, f"There is no picture number {row} in this version: {count}.")
        return given


class Edit(Protocol):
    """One change of a data set."""

    def apply(self, content: Content) -> Content:
        """The content after it; raises Refused(bad-setting)."""
        ...

    def words(self) -> str:
        """What it does, for the history."""
        ...


@dataclass(frozen=True)
class Relabel:
    """Give pictures another class, an old one or a new one; an unlabelled picture draws its split by its own hash."""

    rows: Sequence[int] | np.ndarray
    to: str

    def apply(self, content: Content) -> Content:
        """Split and place of pictures that had a class stay."""
        rows, (classes, label) = content.checked(self.rows), _with_class(content.classes, self.to)
        labels, splits = content.labels.copy(), content.splits.copy()
        labels[rows] = label
        new = rows[splits[rows] == UNLABELLED]
        if len(new):
            splits[new] = for_labelled(new, labels, content.splits, content.hashes, content.seed, content.groups)
        return replace(content, classes=classes, labels=labels, splits=splits)

    def words(self) -> str:
        """What it does, for the history."""
        return f"{_count(self.rows)} called {self.to!r}"


@dataclass(frozen=True)
class Move:
    """Put pictures into train, val or test, or take their class away: "unlabelled"."""

    rows: Sequence[int] | np.ndarray
    split: str

    def apply(self, content: Content) -> Content:
        """What has no class can't go into a split: raises Refused(bad-setting)."""
        rows = content.checked(self.rows)
        if self.split not in SPLIT_CODES:
            raise Refused(Kind.BAD_SETTING, f"There is no split {self.split!r}: allowed are {', '.join(SPLIT_CODES)}.")
        code = SPLIT_CODES[self.split]
        if code != UNLABELLED and (content.splits[rows] == UNLABELLED).any():
            raise Refused(Kind.BAD_SETTING, f"A picture without a class can't go into {self.split}: label it first.")
        labels, splits = content.labels.copy(), content.splits.copy()
        splits[rows] = code
        labels[splits == UNLABELLED] = 0
        return replace(content, labels=labels, splits=splits)

    def words(self) -> str:
        """What it does, for the history."""
        if self.split == "unlabelled":
            return f"the class of {_count(self.rows)} taken away"
        return f"{_count(self.rows)} moved to {NAMES.get(self.split, self.split)}"


@dataclass(frozen=True)
class Drop:
    """Leave pictures out; older versions keep them."""

    rows: Sequence[int] | np.ndarray

    def apply(self, content: Content) -> Content:
        """The rows of the others keep their numbers until all edits are done."""
        stays = content.stays.copy()
        stays[content.checked(self.rows)] = False
        return replace(content, stays=stays)

    def words(self) -> str:
        """What it does, for the history."""
        return f"{_count(self.rows)} left out"


@dataclass(frozen=True)
class RenameClass:
    """Call a class otherwise; by the name of another class it becomes one with that."""

    old: str
    new: str

    def apply(self, content: Content) -> Content:
        """Raises Refused(bad-setting) for a class that isn't there or a name that can't be one."""
        if self.old not in content.classes:
            raise Refused(Kind.BAD_SETTING, f"There is no class {self.old!r}: known are {_some(content.classes)}.")
        if self.new in content.classes:
            here = (content.labels == content.classes.index(self.old)) & (content.splits != UNLABELLED)
            return Relabel(np.flatnonzero(here), self.new).apply(content) if here.any() else content
        classes = tuple(checked_class(self.new) if name == self.old else name for name in content.classes)
        return replace(content, classes=classes)

    def words(self) -> str:
        """What it does, for the history."""
        return f"the class {self.old!r} called {self.new!r}"


def applied(content: Content, edits: Sequence[Edit]) -> Content:
    """What is left after all edits, one by one; classes without a picture go. Raises Refused(bad-setting).

    Classes that were in the order of their names stay so.
    """
    before = content.classes
    for edit in edits:
        content = edit.apply(content)
    if not content.stays.any():
        raise Refused(Kind.BAD_SETTING, "No picture would be left: a data set needs at least one.")
    arrays = {name: getattr(content, name)[content.stays] for name in ("labels", "splits", "hashes", "rows", "stays")}
    return in_order(_without_empty(replace(content, groups=None, **arrays)), before)


def words(edits: Sequence[Edit]) -> str:
    """What the edits do, in one line: the first three and how many more."""
    more = f"; {len(edits) - 3} more" if len(edits) > 3 else ""
    return "; ".join(edit.words() for edit in edits[:3]) + more


def checked_class(name: str) -> str:
    """The name of a class without blanks around it; raises Refused(bad-setting) where it can't be one."""
    text = name.strip()
    if fault := names.no_class(text):
        raise Refused(Kind.BAD_SETTING, f"{name[:60]!r} can't be the name of a class: it {fault}.")
    return text


def known_class(name: str, classes: Sequence[str]) -> str:
    """The class of that very name, or the one that a new class gets; raises Refused(bad-setting)."""
    return name if name in classes else checked_class(name)


def _with_class(classes: tuple[str, ...], name: str) -> tuple[tuple[str, ...], int]:
    """The classes, with one more where the name is new, and its number."""
    name = known_class(name, classes)
    classes = classes if name in classes else (*classes, name)
    return classes, classes.index(name)


def _without_empty(content: Content) -> Content:
    labelled = content.splits != UNLABELLED
    kept = np.bincount(content.labels[labelled], minlength=len(content.classes)) > 0
    if not kept.any():  # nothing is labelled: the names stay for when something is
        return content
    labels = np.where(labelled, (np.cumsum(kept) - 1)[content.labels], 0).astype("int32")
    classes = tuple(name for name, keep in zip(content.classes, kept, strict=True) if keep)
    return replace(content, classes=classes, labels=labels)


def in_order(content: Content, before: Sequence[str]) -> Content:
    """The classes in the order of their names, where those of before were so; else as they are."""
    if list(before) != _sorted(before) or list(content.classes) == _sorted(content.classes):
        return content
    classes = tuple(_sorted(content.classes))
    places = np.array([classes.index(name) for name in content.classes], "int32")
    labels = np.where(content.splits == UNLABELLED, 0, places[content.labels]).astype("int32")
    return replace(content, classes=classes, labels=labels)


def _sorted(classes: Sequence[str]) -> list[str]:
    return sorted(classes, key=lambda name: (names.natural(name), name))


def _count(rows: Sequence[int] | np.ndarray) -> str:
    return "1 picture" if len(rows) == 1 else f"{len(rows):,} pictures"


def _some(classes: Sequence[str]) -> str:
    return ", ".join(classes[:20])
