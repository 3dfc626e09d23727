"""A disk on which everything that writes fails from some call on: the process was killed there, or the disk is full."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

WRITES = ("write", "pwrite", "fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "utime")
TAKES_ROOM = ("write", "fsync", "mkdir")  # what a full disk refuses; names change and files go on it as ever


class Killed(BaseException):
    """What a killed process would have done next isn't done: nobody catches this, and all that follows raises it."""


class Disk:
    """Counts the calls that write, and lets all of them fail from number `at` on; 0 means never."""

    def __init__(self, at: int, mishap: type[BaseException], names: tuple[str, ...]):
        self.at, self.mishap, self.names, self.calls = at, mishap, names, []

    def wrapped(self, name: str):
        real = getattr(os, name)

        def call(*given, **named):
            if name in self.names:
                self.calls.append(name)
                if 0 < self.at <= len(self.calls):
                    raise self.mishap(errno.ENOSPC, "No space left on device")
            return real(*given, **named)

        return call


@contextmanager
def mishap(at: int, kind: type[BaseException], names: tuple[str, ...] = WRITES) -> Iterator[Disk]:
    """Kill at the write of that number (kind Killed), or let the disk be full from there on (kind OSError)."""
    disk = Disk(at, kind, names)
    with pytest.MonkeyPatch.context() as patch:
        for name in WRITES:
            patch.setattr(os, name, disk.wrapped(name))
        yield disk
