"""What a folder, a ZIP and a TAR have in common."""

from dataclasses import dataclass
from typing import Any, Protocol

from mlcore.errors import Kind, Notice


@dataclass(frozen=True, slots=True)
class Entry:
    """A file inside, under a safe path; `where` is for its container only: a path, an offset or a ZIP's own entry.

    `packed` is how many bytes it takes in the archive, where that is known.
    """

    name: str
    size: int
    where: Any
    packed: int | None = None


@dataclass(frozen=True)
class Skipped:
    """A file that is left out, and why."""

    file: str
    kind: Kind
    message: str


class Container(Protocol):
    """Lists its files and folders when it is made, and hands out bytes after; in the order of `files` that is quick.

    `skipped` are things that aren't files, `notices` what is worth knowing about names, `goes_back` whether any order
    is quick.
    """

    files: list[Entry]
    folders: set[str]
    skipped: list[Skipped]
    notices: list[Notice]
    is_packed: bool
    goes_back: bool

    def head(self, entry: Entry, size: int) -> bytes: ...

    def read(self, entry: Entry) -> bytes: ...

    def close(self) -> None: ...
