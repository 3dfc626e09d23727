"""Which names of folders, files and values mean a split: train, Training data, val2017, 2_test, cats_v2-train."""

import re
from collections.abc import Iterable

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


def splits_of(folders: Iterable[str]) -> dict[str, str]:
    """The folders of one level that are splits, each with its split: train, Training data, val2017, pets_test.

    A name with words of its own counts where another folder differs from it in nothing but the split.
    """
    read = {name: parsed for name in folders if (parsed := _parsed(name))}
    keys = {key: {split for split, other in read.values() if other == key} for _, key in read.values()}
    return {name: split for name, (split, key) in read.items() if not key.strip("* ") or len(keys[key]) > 1}


def split_in(name: str) -> str | None:
    """The split that a name holds among other words; None where it holds none or several."""
    parsed = _parsed(name)
    return parsed[0] if parsed else None


def says_nothing(name: str) -> bool:
    """Whether a folder's name is only that of a split or of pictures as such: images, data, train."""
    words = {part for word in _words(name) for part in _unjoined(word) if part}
    return bool(words) and words <= FILLERS | set(SPLITS)


def _parsed(name: str) -> tuple[str, str] | None:
    """The split in a folder's name, and the words beside it with a star in its place; None without a split."""
    words = [part for word in _words(name) for part in _unjoined(word) if part not in FILLERS]
    splits = [SPLITS[word] for word in words if word in SPLITS]
    if len(set(splits)) != 1:
        return None
    return splits[0], " ".join("*" if word in SPLITS else word for word in words)


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\W\d_]+", CAMEL.sub(" ", name).lower()) if word]


def _unjoined(word: str) -> tuple[str, ...]:
    match = JOINED.match(word)
    return match.groups() if match and match[1] in SPLITS else (word,)
