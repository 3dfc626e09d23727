"""A folder on this machine, read like an archive."""

import os
import stat
from pathlib import Path

from mlcore.archives import codings, limits, names
from mlcore.archives.entry import Entry, Skipped
from mlcore.errors import Kind, Refused

Item = tuple[bytes, int, int, str]  # a path inside the folder, mode and size of what is there, and where that is


class Folder:
    """The files of a folder, in the order of their names; links, pipes and what can't be read are left out."""

    is_packed = False
    goes_back = True

    def __init__(self, root: Path, coding: str | None = None):
        self.files: list[Entry] = []
        self.folders: set[str] = set()
        self.skipped: list[Skipped] = []
        items = self._walk(root)
        texts, self.notices = codings.decoded((item[0] for item in items), coding)
        for text, (_, mode, size, where) in zip(texts, items, strict=True):
            self._take(text, mode, size, where)

    def close(self) -> None:
        pass

    def head(self, entry: Entry, size: int) -> bytes:
        """The first bytes of a file; none when it can't be read."""
        try:
            return self._read(entry, size)
        except Refused:
            return b""

    def read(self, entry: Entry) -> bytes:
        """A file's bytes; one byte more than a member may have tells the picture door that it is too large."""
        return self._read(entry, limits.MAX_FOLDER_MEMBER + 1)

    def _read(self, entry: Entry, most: int) -> bytes:
        try:
            with open(entry.where, "rb", opener=_no_follow) as file:
                return file.read(most)
        except OSError as error:
            raise Refused(Kind.MISSING_DATA, f"{entry.name!r} can't be read: {error.strerror}.") from error

    def _walk(self, root: Path) -> list[Item]:
        """Everything below a folder, in the order of names; hidden folders aren't looked into."""
        items: list[Item] = []
        waiting = [(b"", item) for item in reversed(_listed(root))]
        while waiting:
            inside, item = waiting.pop()
            path = inside + os.fsencode(item.name)
            facts = item.stat(follow_symlinks=False)  # a kilobyte, which isn't kept of a million files
            items.append((path, facts.st_mode, facts.st_size, item.path))
            limits.OWN_FOLDER.count(len(items))
            if item.is_dir(follow_symlinks=False) and not names.is_clutter(item.name):
                waiting += [(path + b"/", inner) for inner in reversed(self._below(path, item))]
        return items

    def _below(self, path: bytes, item: os.DirEntry[str]) -> list[os.DirEntry[str]]:
        try:
            return _listed(item.path)
        except Refused as refusal:
            self.skipped.append(Skipped(path.decode(errors="replace"), refusal.kind, refusal.message))
            return []

    def _take(self, path: str, mode: int, size: int, where: str) -> None:
        """Note a file or folder, or why it is left out."""
        if unnamed := names.unnamed(path):
            self.skipped += [] if stat.S_ISDIR(mode) else [unnamed]
        elif stat.S_ISDIR(mode):
            self.folders.add(path)
        elif stat.S_ISLNK(mode):
            self._skip(path, Kind.UNSAFE_LINK, "It is a link, which isn't followed; put the file itself there.")
        elif not stat.S_ISREG(mode):
            self._skip(path, Kind.UNSAFE_MEMBER, "It is a device or pipe, not a file.")
        else:
            self.files.append(Entry(path, size, where))

    def _skip(self, path: str, kind: Kind, message: str) -> None:
        self.skipped.append(Skipped(path, kind, message))


def _listed(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as items:
            return sorted(items, key=lambda item: item.name)
    except OSError as error:
        raise Refused(Kind.MISSING_DATA, f"The folder {str(folder)!r} can't be read: {error.strerror}.") from error


def _no_follow(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))
