"""Which folder names are splits and which are classes.

<class>/x.png, <root>/<class>/x.png, train/<class>/x.png and so on with or without a root, or just pictures.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

SPLITS = {
    **dict.fromkeys(("train", "training", "trn"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "validate", "validating", "dev", "development"), "val"),
    **dict.fromkeys(("test", "testing", "tst", "eval", "evaluation", "evaluate", "holdout"), "test"),
}
FILLERS = {
    *("set", "sets", "data", "dataset", "split", "folder", "seg", "new", "raw", "small", "full", "original"),
    *("image", "images", "img", "imgs", "picture", "pictures", "pic", "pics", "photo", "photos", "file", "files"),
}
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
JOINED = re.compile(r"(\w+?)(set|data|images)$")  # trainset, testdata


@dataclass(frozen=True)
class Layout:
    """Where in a path the class stands: `depth` folders in, and one or more below a folder that is a split.

    `splits` are the folders at that depth that are splits, `wrapped` those of them that hold all in one more folder.
    A single split is none: who has only a `train` folder still needs pictures to judge by.
    """

    depth: int
    splits: dict[str, str] = field(default_factory=dict)
    wrapped: frozenset[str] = frozenset()

    def split_and_class(self, path: str) -> tuple[str | None, str | None]:
        """The split and the class of a picture, None where it has none."""
        split, folder = self._folders(path)
        return split, class_name(folder) if folder else None

    def spellings(self, paths: Iterable[str]) -> list[str]:
        """The classes whose folders are written in several ways that look the same (NFC, NFD)."""
        folders = {folder for path in paths if (folder := self._folders(path)[1])}
        return sorted(name for name, count in Counter(map(class_name, folders)).items() if count > 1)

    def _folders(self, path: str) -> tuple[str | None, str | None]:
        """The split of a picture and the folder that is its class, as it is written."""
        folders = path.split("/")[self.depth : -1]
        if not self.splits:
            return None, folders[0] if folders else None
        split, below = self.splits.get(folders[0]) if folders else None, self._below(folders)
        tells = len(set(self.splits.values())) > 1
        return split if tells else None, below[0] if split and below else None

    def below(self, path: str) -> str:
        """The folders between a picture and its class folder, or all of them where there is no class."""
        folders = path.split("/")[:-1]
        if self.split_and_class(path)[1] is None:
            return "/".join(folders)
        return "/".join((self._below(folders[self.depth :]) if self.splits else folders[self.depth :])[1:])

    def classes(self, folders: Iterable[str]) -> set[str]:
        """The classes that folders stand for, whether or not they hold a picture."""
        names = (self.split_and_class(f"{folder}/")[1] for folder in folders if folder.count("/") >= self.depth)
        return {name for name in names if name}

    def _below(self, folders: list[str]) -> list[str]:
        """What follows a split's folder, without the one that wraps all its classes."""
        return folders[1 + (folders[0] in self.wrapped) :] if folders else []


def find(paths: Iterable[str]) -> Layout:
    """The layout that pictures with these paths have.

    Folders that hold nothing but one folder are a root; the first level with two names, or a split's, counts.
    """
    parts, depth = [path.split("/") for path in paths], 0
    while True:
        folders = {path[depth] for path in parts if len(path) > depth + 1}
        deeper = {path[depth] for path in parts if len(path) > depth + 2}
        splits = {name: split for name, split in splits_of(folders).items() if name in deeper}
        if len(folders) != 1 or splits or not deeper:
            return Layout(depth, splits, frozenset(name for name in splits if _is_wrapped(parts, depth, name)))
        depth += 1


def splits_of(folders: Iterable[str]) -> dict[str, str]:
    """The folders of one level that are splits, each with its split: train, Training data, val2017, pets_test.

    A name with words of its own counts where another folder differs from it in nothing but the split.
    """
    read = {name: parsed for name in folders if (parsed := _parsed(name))}
    keys = {key: {split for split, other in read.values() if other == key} for _, key in read.values()}
    return {name: split for name, (split, key) in read.items() if not key.strip("* ") or len(keys[key]) > 1}


def class_name(folder: str) -> str:
    """The name of a class: letters written in two ways (NFC, NFD) are the same letters."""
    return unicodedata.normalize("NFC", folder)


def _parsed(name: str) -> tuple[str, str] | None:
    """The split in a folder's name, and the words beside it with a star in its place; None without a split."""
    words = [word for word in re.split(r"[\W\d_]+", CAMEL.sub(" ", name).lower()) if word]
    words = [part for word in words for part in _unjoined(word) if part not in FILLERS]
    splits = [SPLITS[word] for word in words if word in SPLITS]
    if len(set(splits)) != 1:
        return None
    return splits[0], " ".join("*" if word in SPLITS else word for word in words)


def _unjoined(word: str) -> tuple[str, ...]:
    match = JOINED.match(word)
    return match.groups() if match and match[1] in SPLITS else (word,)


def _is_wrapped(parts: list[list[str]], depth: int, split: str) -> bool:
    """Whether all that a split holds lies in one more folder that is no class, such as train/images or train/train."""
    inner = {path[depth + 1] if len(path) > depth + 3 else "" for path in parts if path[depth : depth + 1] == [split]}
    return len(inner) == 1 and all(_says_nothing(name) for name in inner)


def _says_nothing(name: str) -> bool:
    words = {part for word in re.split(r"[\W\d_]+", CAMEL.sub(" ", name).lower()) for part in _unjoined(word) if part}
    return bool(words) and words <= FILLERS | set(SPLITS)
