"""Why a process vanished without a word: by its last word in the lock file, by what it printed, or by the memory.

The first who notices notes down how the memory is then.
"""

import contextlib
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from mlcore import durable, reader
from mlcore.errors import Kind, Refused
from mlcore.jobs import holding, record
from mlcore.jobs.signs import ALIVE
from mlcore.machine import memory

NOTED = "gone.json"
PRINTED_BYTES = 2048
KILLED = "Its process is gone: killed, or the machine went off. Resume goes on from what was saved last."
OUT_OF_MEMORY = "Its process was ended because the machine ran out of memory."
DISK_FULL = "The disk is full; free some space, then resume."


class Memory(BaseModel):
    """The state of the memory, as `memory.facts` tells it."""

    available: int | None = None
    total: int = 0
    endings: int | None = None


def reason(folder: Path) -> tuple[str, str]:
    """Kind and sentence for a run whose process is gone."""
    if holding.holder(folder).ended == Kind.DISK_FULL:
        return Kind.DISK_FULL, DISK_FULL
    if memory.is_named_in(_last_printed(folder)):
        return Kind.OUT_OF_MEMORY, OUT_OF_MEMORY
    before, after = _noted(folder / ALIVE), _noted(folder / NOTED)
    if after is None:
        after = memory.facts()
        with contextlib.suppress(OSError):  # a home that can't be written can still be read
            durable.write_json(folder / NOTED, after)
    if before and memory.ran_out(before, after):
        return Kind.OUT_OF_MEMORY, OUT_OF_MEMORY
    return "", KILLED


def _noted(path: Path) -> dict[str, Any] | None:
    """The state of the memory that was noted down; None where that can't be read."""
    try:
        return reader.record(path, Memory).model_dump()
    except Refused:
        return None


def _last_printed(folder: Path) -> str:
    """The end of what the process printed since it was started: a library that gives up says why there."""
    began, path = (record.read(folder) or {}).get("started"), folder / "log.txt"
    try:
        if not isinstance(began, int | float) or path.stat().st_mtime < began:
            return ""
        return reader.tail(path, PRINTED_BYTES)[0].decode(errors="replace")
    except (Refused, OSError):
        return ""


def forget(folder: Path) -> None:
    """A new process begins: what was noted of the last one no longer counts."""
    for name in (ALIVE, NOTED):
        (folder / name).unlink(missing_ok=True)
    holding.forget(folder)
