"""A folder on this machine, read like an archive."""

import os
import stat
from pathlib import Path

from mlcore.archives import limits, names
from mlcore.archives.entry import Entry
from mlcore.errors import Kind, Refused


class Folder:
    """The files of a folder, in the order of their names; links inside it aren't followed but refused."""

    def __init__(self, root: Path):
        self.files: list[Entry] = []
        self.folders: set[str] = set()
        waiting = [("", str(root))]
        while waiting:
            inside, folder = waiting.pop()
            below = [self._take(inside, item) for item in _listed(folder)]
            waiting += [inner for inner in reversed(below) if inner]

    def close(self) -> None:
        pass

    def head(self, entry: Entry, size: int) -> bytes:
        """The first bytes of a file."""
        return self._read(entry, size)

    def read(self, entry: Entry) -> bytes:
        """A file's bytes; one byte more than a member may have tells the picture door that it is too large."""
        return self._read(entry, limits.MAX_FOLDER_MEMBER + 1)

    def _read(self, entry: Entry, most: int) -> bytes:
        try:
            with open(entry.where, "rb", opener=_no_follow) as file:
                return file.read(most)
        except OSError as error:
            raise Refused(Kind.MISSING_DATA, f"{entry.name!r} can't be read: {error.strerror}.") from error

    def _take(self, inside: str, item: os.DirEntry[str]) -> tuple[str, str] | None:
        """Note a file; give back a folder to go into."""
        path = names.checked(f"{inside}{names.text(os.fsencode(item.name))}")
        mode = item.stat(follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            self.folders.add(path)
            return (f"{path}/", item.path) if not names.is_clutter(path) else None
        if stat.S_ISLNK(mode):
            raise Refused(Kind.UNSAFE_LINK, f"The folder isn't read: {path!r} is a link; put the file itself there.")
        if not stat.S_ISREG(mode):
            raise Refused(Kind.UNSAFE_MEMBER, f"The folder isn't read: {path!r} is a device or pipe, not a file.")
        self.files.append(Entry(path, item.stat().st_size, item.path))
        limits.count_files(len(self.files), limits.MAX_FOLDER_FILES)
        return None


def _listed(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as items:
            return sorted(items, key=lambda item: item.name)
    except OSError as error:
        raise Refused(Kind.MISSING_DATA, f"The folder {folder!r} can't be read: {error.strerror}.") from error


def _no_follow(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))
