"""Who is next, and on which device."""

from collections import Counter
from typing import Literal

from mlcore.jobs.status import Run
from mlcore.machine import devices

Move = Literal["first", "up", "down", "last"]


def assign(runs: list[Run], places: list[str], slots: int) -> dict[str, list[str]]:
    """Which of the waiting runs can start now, and on which devices; `slots` runs share a device.

    A run that waits for a device of its own doesn't hold up others that need another one.
    """
    busy = Counter(name for run in runs if run.live and not run.apart for name in run.devices)
    begin = {}
    for run in sorted((run for run in runs if run.position), key=lambda run: run.position):
        wanted = places if run.wants == devices.AUTO else [run.wants]
        free = sorted((name for name in wanted if busy[name] < slots), key=busy.__getitem__)
        if len(free) >= min(run.needs, len(wanted)):
            begin[run.id] = free[: run.needs]
            busy.update(begin[run.id])
    return begin


def moved(waiting: list[str], id: str, move: Move) -> list[str]:
    """The ids of the waiting runs, in order, after one of them was moved."""
    at = waiting.index(id)
    rest = waiting[:at] + waiting[at + 1 :]
    to = {"first": 0, "up": max(0, at - 1), "down": at + 1, "last": len(rest)}[move]
    return [*rest[:to], id, *rest[to:]]
