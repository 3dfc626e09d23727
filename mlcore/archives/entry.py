"""What a folder, a ZIP and a TAR have in common."""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Entry:
    """A file inside, under a safe path; `where` is for its container only: a path, an offset or a ZIP's own entry."""

    name: str
    size: int
    where: Any


class Container(Protocol):
    """Lists its files and folders when it is made, and hands out bytes after; in the order of `files` that is quick."""

    files: list[Entry]
    folders: set[str]

    def head(self, entry: Entry, size: int) -> bytes: ...

    def read(self, entry: Entry) -> bytes: ...

    def close(self) -> None: ...
