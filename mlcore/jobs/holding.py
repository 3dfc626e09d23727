"""Who is at work on a run: `.worker` in its folder is locked as long as a worker lives, and says which one it is.

The lock goes with its process, whatever ends it, and tells the truth to every container that shares the disk. The file
has one size from the first write on, so that on a full disk there is still room for a last word.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from mlcore import reader
from mlcore.errors import Refused
from mlcore.jobs.machines import Machine

NAME = ".worker"
SIZE = 1024  # bytes
WAIT_SECONDS = 10.0  # for who looks whether it is held, and for the last worker to leave


class Holder(BaseModel):
    """The worker that holds a run, and the kind of trouble that ended it where the status couldn't be written."""

    pid: int = 0
    born: str | None = None
    machine: Machine = Machine()
    folder: str = ""  # its inode: a second name of another run's file proves nothing
    ended: str = ""


class Hold:
    """The lock of a run, while its worker has it."""

    def __init__(self, folder: Path, handle: int):
        self._folder, self._handle = folder, handle

    def sign(self, holder: Holder) -> None:
        """Say who holds it; takes no room on the disk after the first time."""
        os.pwrite(self._handle, _written(holder), 0)

    def show_life(self) -> None:
        """Give a sign of life that takes no room on the disk."""
        now = time.time()  # by which silence is judged, and not by the clock of a file server
        os.utime(self._handle, (now, now))

    @property
    def folder_is_gone(self) -> bool:
        """Whether the folder was deleted, or another one has its name."""
        try:
            return not os.path.samestat(os.fstat(self._handle), os.stat(self._folder / NAME))
        except OSError:
            return True


@contextlib.contextmanager
def hold(folder: Path, seconds: float = WAIT_SECONDS) -> Iterator[Hold | None]:
    """Take the lock of a run; None where somebody else keeps it."""
    handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield Hold(folder, handle) if _locked(handle, seconds) else None
    finally:
        os.close(handle)


def is_held(folder: Path) -> bool:
    """Whether a worker holds the run of a folder, wherever it is."""
    try:
        with _reading(folder) as handle:
            return not _try(handle, fcntl.LOCK_SH)
    except OSError:
        return False


def holder(folder: Path) -> Holder:
    """The worker that holds the run of a folder, or held it last; an empty one where that isn't known."""
    try:
        with _reading(folder) as handle:
            return reader.validated(reader.parse(os.read(handle, SIZE)), Holder)
    except (OSError, Refused):
        return Holder()


def forget(folder: Path) -> None:
    """A new worker begins: what the last one said no longer counts."""
    with contextlib.suppress(OSError):
        handle = os.open(folder / NAME, os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.pwrite(handle, _written(Holder()), 0)
        finally:
            os.close(handle)


def _written(holder: Holder) -> bytes:
    return holder.model_dump_json().encode().ljust(SIZE)


@contextlib.contextmanager
def _reading(folder: Path) -> Iterator[int]:
    handle = os.open(folder / NAME, os.O_RDONLY | os.O_NONBLOCK)  # a pipe of that name keeps nobody waiting
    try:
        yield handle
    finally:
        os.close(handle)


def _locked(handle: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not (got := _try(handle, fcntl.LOCK_EX)) and time.monotonic() < end:
        time.sleep(0.05)
    return got


def _try(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
        return True
    except OSError:
        return False
