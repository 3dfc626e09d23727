"""Files that a browser sent, each under its path in the folder that was dropped, read like an archive."""

from collections.abc import Sequence
from typing import BinaryIO

from mlcore.archives import limits, names
from mlcore.archives.entry import Entry, Skipped
from mlcore.errors import Notice


class Uploads:
    """Open files, each called by its `name`; dangerous names are refused, those that can't be shown are skipped."""

    is_packed = False
    goes_back = True

    def __init__(self, files: Sequence[BinaryIO]):
        limits.UPLOAD.count(len(files))
        self.files: list[Entry] = []
        self.folders: set[str] = set()
        self.skipped: list[Skipped] = []
        self.notices: list[Notice] = []
        for file in files:
            path = names.checked(file.name)
            if unnamed := names.unnamed(path):
                self.skipped.append(unnamed)
            else:
                self.files.append(Entry(path, file.seek(0, 2), file))

    def close(self) -> None:
        pass

    def head(self, entry: Entry, size: int) -> bytes:
        """The first bytes of a file."""
        return self._read(entry, size)

    def read(self, entry: Entry) -> bytes:
        """A file's bytes; one byte more than a member may have tells the picture door that it is too large."""
        return self._read(entry, limits.MAX_FOLDER_MEMBER + 1)

    def _read(self, entry: Entry, most: int) -> bytes:
        entry.where.seek(0)
        data: bytes = entry.where.read(most)
        return data
