"""Which folder names are splits and which are classes.

<class>/x.png, <root>/<class>/x.png, train/<class>/x.png and so on with or without a root, or just pictures.
"""

from collections.abc import Iterable
from dataclasses import dataclass

SPLITS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testing": "test",
}


@dataclass(frozen=True)
class Layout:
    """Where in a path the class stands: `depth` folders in, and one more below a folder that is a split.

    A single split is none: who has only a `train` folder still needs pictures to judge by.
    """

    depth: int
    has_splits: bool
    tells_splits: bool = True

    def split_and_class(self, path: str) -> tuple[str | None, str | None]:
        """The split and the class of a picture, None where it has none."""
        folders = path.split("/")[self.depth : -1]
        if not self.has_splits:
            return None, folders[0] if folders else None
        split = SPLITS.get(folders[0].lower()) if folders else None
        return split if self.tells_splits else None, folders[1] if split and len(folders) > 1 else None

    def below(self, path: str) -> str:
        """The folders between a picture and its class folder, or all of them where there is no class."""
        depth = self.depth + self.has_splits + 1 if self.split_and_class(path)[1] is not None else 0
        return "/".join(path.split("/")[depth:-1])

    def classes(self, folders: Iterable[str]) -> set[str]:
        """The classes that folders stand for, whether or not they hold a picture."""
        pairs = (
            self.split_and_class(f"{folder}/")
            for folder in folders
            if folder.count("/") >= self.depth + self.has_splits
        )
        return {name for _, name in pairs if name}


def find(paths: Iterable[str]) -> Layout:
    """The layout that pictures with these paths have.

    Folders that hold nothing but one folder are a root; the first level with two names, or a split's, counts.
    """
    parts, depth = [path.split("/") for path in paths], 0
    while True:
        folders = {path[depth] for path in parts if len(path) > depth + 1}
        splits = {SPLITS[path[depth].lower()] for path in parts if _is_split(path, depth)}
        has_deeper = any(len(path) > depth + 2 for path in parts)
        if len(folders) != 1 or splits or not has_deeper:
            return Layout(depth, bool(splits), len(splits) > 1)
        depth += 1


def _is_split(path: list[str], depth: int) -> bool:
    return len(path) > depth + 2 and path[depth].lower() in SPLITS
