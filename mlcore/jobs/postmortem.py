"""Why a process vanished without a word: by its last word in the lock file, or by the state of the memory.

The first who notices notes down how the memory is then.
"""

import contextlib
from pathlib import Path

from mlcore import durable
from mlcore.errors import Kind
from mlcore.jobs import holding
from mlcore.jobs.signs import ALIVE
from mlcore.machine import memory

NOTED = "gone.json"
KILLED = "Its process is gone: killed, or the machine went off. Resume goes on from what was saved last."
OUT_OF_MEMORY = "Its process was ended because the machine ran out of memory."
DISK_FULL = "The disk is full; free some space, then resume."


def reason(folder: Path) -> tuple[str, str]:
    """Kind and sentence for a run whose process is gone."""
    if holding.holder(folder).ended == Kind.DISK_FULL:
        return Kind.DISK_FULL, DISK_FULL
    before = durable.read_json(folder / ALIVE)
    after = durable.read_json(folder / NOTED)
    if not isinstance(after, dict):
        after = memory.facts()
        with contextlib.suppress(OSError):  # a home that can't be written can still be read
            durable.write_json(folder / NOTED, after)
    if isinstance(before, dict) and memory.ran_out(before, after):
        return Kind.OUT_OF_MEMORY, OUT_OF_MEMORY
    return "", KILLED


def forget(folder: Path) -> None:
    """A new process begins: what was noted of the last one no longer counts."""
    for name in (ALIVE, NOTED):
        (folder / name).unlink(missing_ok=True)
    holding.forget(folder)
