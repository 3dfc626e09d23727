"""Which folders are splits and which are classes; what can be read in two ways is a question, never a guess.

<class>/x.png, <root>/<class>/x.png, train/<class>/x.png and so on with or without a root, or just pictures.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from string import digits

from mlcore.archives.names import listed
from mlcore.archives.reading import DETECTED, LEFT_OUT, Reading
from mlcore.archives.split_names import says_nothing, split_in, splits_of
from mlcore.errors import Kind, Refused

Parts = list[list[str]]  # the paths of pictures, each in its folders


@dataclass(frozen=True)
class Question:
    """Folders that may be splits or classes: what each may be by its name, `classes` inside them, and why it's asked.

    `depth` is how many folders deep they stand, from 1 on: classes there are read by `Reading(classes_at=depth)`.
    """

    folders: dict[str, str]
    classes: tuple[str, ...]
    depth: int
    message: str

    def refusal(self) -> Refused:
        """The question as a refusal, with the two ways to answer it on the command line."""
        guess = ",".join(f"{split or 'out'}={folder}" for folder, split in list(self.folders.items())[:3])
        ways = f"say which folder is which split (--splits {guess}), or that the classes stand {self.depth}"
        deep = "folder" if self.depth == 1 else "folders"
        return Refused(Kind.UNCLEAR_SPLITS, f"{self.message}: {ways} {deep} deep (--classes-at {self.depth}).")


@dataclass(frozen=True)
class Layout:
    """Where in a path the class stands: `depth` folders in, and one or more below a folder that is a split.

    `splits` are the folders at that depth that are splits, `wrapped` those of them that hold all in one more folder,
    `inside` are splits that stand in each class. A single split that nobody named is none: who has only a `train`
    folder still needs pictures to judge by. `class_at` is a depth that was said, `by_name` a class in the file's name.
    """

    depth: int
    splits: dict[str, str] = field(default_factory=dict)
    wrapped: frozenset[str] = frozenset()
    inside: dict[str, str] = field(default_factory=dict)
    class_at: int | None = None
    by_name: bool = False
    question: Question | None = None

    def split_and_class(self, path: str) -> tuple[str | None, str | None]:
        """The split and the class of a picture, None where it has none."""
        split, folder = self._folders(path)
        return split, class_name(folder) if folder else None

    def leaves_out(self, path: str) -> bool:
        """Whether somebody said that a picture's folder is to be left out."""
        folders = path.split("/")[:-1]
        return len(folders) > self.depth and self.splits.get(folders[self.depth]) == LEFT_OUT

    def spellings(self, paths: Iterable[str]) -> list[str]:
        """The classes whose folders are written in several ways that look the same (NFC, NFD)."""
        folders = {folder for path in paths if (folder := self._folders(path)[1])}
        return sorted(name for name, count in Counter(map(class_name, folders)).items() if count > 1)

    def below(self, path: str) -> str:
        """The folders between a picture and its class folder, or all of them where there is no class."""
        *folders, _ = path.split("/")
        if self.by_name or self.split_and_class(path)[1] is None:
            return "/".join(folders)
        return "/".join(self._from_class(folders)[1:])

    def classes(self, folders: Iterable[str]) -> set[str]:
        """The classes that folders stand for, whether or not they hold a picture."""
        if self.by_name:
            return set()
        names = (self.split_and_class(f"{folder}/")[1] for folder in folders if folder.count("/") >= self.depth)
        return {name for name in names if name}

    def _folders(self, path: str) -> tuple[str | None, str | None]:
        """The split of a picture and the folder that is its class, as it is written."""
        *folders, file = path.split("/")
        split = self._split(folders)
        if split == LEFT_OUT:
            return None, None
        if self.by_name:
            return split, name_before_number(file)
        below = self._from_class(folders)
        return split, below[0] if below else None

    def _split(self, folders: list[str]) -> str | None:
        """The split that the folders of a picture tell, None where they tell none, LEFT_OUT where it has no place."""
        if self.inside:
            return self.inside.get(folders[self.depth + 1]) if len(folders) > self.depth + 1 else None
        if not self.splits:
            return None
        split = self.splits.get(folders[self.depth], LEFT_OUT) if len(folders) > self.depth else LEFT_OUT
        tells = len(set(self.splits.values()) - {LEFT_OUT}) > 1
        return split if tells or split == LEFT_OUT else None

    def _from_class(self, folders: list[str]) -> list[str]:
        """The folders from that of the class on."""
        if self.class_at:
            return folders[self.class_at - 1 :]
        if not self.splits:
            return folders[self.depth :]
        return folders[self.depth + 1 + (folders[self.depth] in self.wrapped) :] if len(folders) > self.depth else []


def find(paths: Iterable[str], reading: Reading = DETECTED, frames: bool = False) -> Layout:
    """The layout that pictures with these paths have, or the one that was said; raises Refused(bad-setting).

    Folders that hold nothing but one folder are a root; the first level with two names, or a split's, counts. With
    `frames` the folders inside of classes are clips.
    """
    parts = [path.split("/") for path in paths]
    if reading.classes_at and not reading.splits:
        return Layout(reading.classes_at - 1, class_at=reading.classes_at, by_name=reading.by_name)
    depth = _said_depth(parts, reading.splits) if reading.splits else _level(parts)
    said = {folder.rpartition("/")[2]: split for folder, split in reading.splits.items()}
    splits = _splits(parts, depth, loose=reading.by_name) | said
    wrapped = frozenset(name for name in splits if _is_wrapped(parts, depth, name))
    layout = Layout(depth, splits, wrapped, class_at=reading.classes_at, by_name=reading.by_name)
    if reading.splits or reading.by_name:
        return layout
    return _beside_splits(layout, parts) if splits else layout if frames else _without_splits(layout, parts)


def class_name(folder: str) -> str:
    """The name of a class: letters written in two ways (NFC, NFD) are the same letters."""
    return unicodedata.normalize("NFC", folder)


def name_before_number(file: str) -> str | None:
    """What stands before the number in a file's name, as the class in cat_12.jpg, cat.12 and Abyssinian_100."""
    stem = file.rpartition(".")[0]
    before = stem.rstrip(digits)
    end = next((end for end in range(len(before), 0, -1) if before[end - 1].isalnum()), 0)
    is_word = before != stem and any(letter.isalpha() for letter in before[:end])
    return before[:end] if is_word else None


def _level(parts: Parts) -> int:
    """The first level with two folders, or with one that is a split."""
    depth = 0
    while True:
        folders = {path[depth] for path in parts if len(path) > depth + 1}
        deeper = any(len(path) > depth + 2 for path in parts)
        if len(folders) != 1 or _splits(parts, depth) or not deeper:
            return depth
        depth += 1


def _splits(parts: Parts, depth: int, loose: bool = False) -> dict[str, str]:
    """The folders of a level that are splits and hold folders, or with `loose` at least pictures."""
    folders = {path[depth] for path in parts if len(path) > depth + 1}
    deeper = folders if loose else {path[depth] for path in parts if len(path) > depth + 2}
    return {name: split for name, split in splits_of(folders).items() if name in deeper}


def _said_depth(parts: Parts, splits: Iterable[str]) -> int:
    """The level of the folders that were named as splits; raises Refused where there is no such folder."""
    wanted = {folder.rpartition("/")[2] for folder in splits}
    deepest = max((len(path) for path in parts), default=1) - 1
    levels = [{path[depth] for path in parts if len(path) > depth + 1} for depth in range(deepest)]
    depth = next((depth for depth, folders in enumerate(levels) if wanted <= folders), None)
    if depth is None:
        here = sorted(set().union(*levels))
        raise Refused(
            Kind.BAD_SETTING,
            f"There are no folders side by side called {listed(sorted(wanted))}; there are {listed(here) or 'none'}.",
        )
    return depth


def _is_wrapped(parts: Parts, depth: int, split: str) -> bool:
    """Whether all that a split holds lies in one more folder that is no class, such as train/images or train/train."""
    inner = {path[depth + 1] if len(path) > depth + 3 else "" for path in parts if path[depth : depth + 1] == [split]}
    return len(inner) == 1 and all(says_nothing(name) for name in inner)


def _beside_splits(layout: Layout, parts: Parts) -> Layout:
    """Ask about folders beside the splits that hold the same classes."""
    inner = _inner(parts, layout.depth)
    known = set().union(*(inner[name] for name in layout.splits if name in inner))
    others = [name for name in inner if name not in layout.splits and inner[name] & known]
    if not others:
        return layout
    folders = layout.splits | {name: split_in(name) or LEFT_OUT for name in others}
    message = f"{listed(others)} holds the same folders as {listed(list(layout.splits))} and isn't known as a split"
    return replace(layout, question=Question(folders, tuple(sorted(known)), layout.depth + 1, message))


def _without_splits(layout: Layout, parts: Parts) -> Layout:
    """Find splits inside of classes, and ask about classes that are called like splits or all hold the same folders."""
    names = sorted({path[layout.depth] for path in parts if len(path) > layout.depth + 1})
    guesses = {name: split_in(name) or LEFT_OUT for name in names}
    named = LEFT_OUT not in guesses.values() and not all(map(says_nothing, names))
    if named and len(set(guesses.values())) > 1:
        message = f"The folders {listed(names)} are called like splits"
        return replace(layout, question=Question(guesses, (), layout.depth + 1, message))
    same = _same_folders(parts, layout.depth)
    if not same:
        return layout
    inside = splits_of(same)
    if len(inside) == len(same):
        return replace(layout, inside=inside)
    message = f"The folders {listed(names)} all hold the same folders ({listed(same)}), so either may be the classes"
    return replace(layout, question=Question(guesses, tuple(same), layout.depth + 1, message))


def _same_folders(parts: Parts, depth: int) -> list[str]:
    """The folders, two or more, that each of several folders of a level holds and nothing else."""
    inner, loose = _inner(parts, depth), any(len(path) == depth + 2 for path in parts)
    sets = list(inner.values())
    alike = len(sets) > 1 and not loose and all(each == sets[0] for each in sets)
    return sorted(sets[0]) if alike and len(sets[0]) > 1 else []


def _inner(parts: Parts, depth: int) -> dict[str, set[str]]:
    """The folders of a level with the folders in each."""
    inner: dict[str, set[str]] = {}
    for path in parts:
        if len(path) > depth + 2:
            inner.setdefault(path[depth], set()).add(path[depth + 1])
    return inner
