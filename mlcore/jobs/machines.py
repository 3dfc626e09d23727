"""Which machine and which process a run is on: a home may be shared by several machines and containers."""

import os
import platform
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from pydantic import BaseModel, ValidationError

BOOT = Path("/proc/sys/kernel/random/boot_id")
PIDS = Path("/proc/self/ns/pid")  # where process numbers mean the same


class Machine(BaseModel):
    """A machine or container as a status names it; a run of an older version names none.

    `boot` is one start of one system's kernel, `pids` a space of process numbers on it.
    """

    name: str = ""
    boot: str = ""
    pids: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it is this machine, perhaps before it was started anew, or under another name."""
        same = here()
        is_same_start = bool(self.boot and self.pids) and (self.boot, self.pids) == (same.boot, same.pids)
        return self.name in ("", same.name) or is_same_start

    @property
    def shares_kernel(self) -> bool:
        """Whether locks on files are those of this machine."""
        return self.boot == here().boot if self.boot else self.is_here

    @property
    def shares_numbers(self) -> bool:
        """Whether its process numbers are those of this machine."""
        return self.shares_kernel and self.pids in ("", here().pids)


@cache
def here() -> Machine:
    """This machine."""
    return Machine(name=platform.node(), boot=_boot(), pids=_pids())


def _boot() -> str:
    try:
        return BOOT.read_text().strip()
    except OSError:
        return ""


def _pids() -> str:
    try:
        return os.readlink(PIDS)
    except OSError:
        return ""


def of(status: Mapping[str, Any]) -> Machine:
    """The machine that a status names; one without a name where it names none."""
    try:
        return Machine.model_validate(status.get("machine") or {})
    except ValidationError:
        return Machine()


def start_stamp(pid: int) -> str | None:
    """What tells a process from a later one with the same number; None when there is none.

    Ticks since the machine's start where the system tells them: unlike a date, they survive a changed clock.
    """
    try:
        return f"{BOOT.read_text().strip()} {_ticks(pid)}"
    except (OSError, IndexError, ValueError):
        return _date(pid)


def _ticks(pid: int) -> str:
    """Field 22 of /proc/PID/stat; the name before it may hold spaces and brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def _date(pid: int) -> str | None:
    try:
        return f"{psutil.Process(pid).create_time():.0f}"
    except (psutil.Error, ValueError, OverflowError):
        return None
