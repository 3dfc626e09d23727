"""Where a run stands, judged by what it says of itself and by whether its worker still lives."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mlcore.jobs import ending, executor, machines, postmortem, record, room
from mlcore.jobs.signs import SILENT_SECONDS, silent_seconds
from mlcore.machine import disk
from mlcore.numerals import duration

State = Literal["queued", "starting", "running", "stopping", "stopped", "interrupted", "failed", "done"]
LIVE = ("starting", "running", "stopping")
COPIED = (
    "This folder was copied here while it waited or ran, or an older version put it in the queue; "
    "Resume goes on with it here."
)
LITTLE_BYTES = 50e6  # left on the disk while a run is at work


@dataclass(frozen=True)
class Standing:
    """A run's state, why in words, the kind of trouble that ended it, and which machine has a say.

    `force` is the signal that asking it once more to stop would send. `elsewhere` names another machine that it runs,
    ran or waits on; `apart` says that what it computes on isn't ours either.
    """

    state: State
    message: str
    failure: str = ""
    force: str = ""
    elsewhere: str = ""
    apart: bool = False


def of(folder: Path, status: Mapping[str, Any]) -> Standing:
    """Where the run of a folder stands by its raw status."""
    state: State = status["state"]
    message = status.get("message") or ""
    if state != "queued" and state not in LIVE:
        return Standing(state, message, status.get("failure") or "")
    machine = machines.of(status)
    if machine.is_here and record.is_copy(folder, status):
        return Standing("interrupted", COPIED)
    elsewhere, apart = "" if machine.is_here else machine.name, not machine.shares_kernel
    if state == "queued":
        return Standing(state, _waits_on(elsewhere) or room.lack() or message, elsewhere=elsewhere)
    if not executor.here.alive(folder, status):
        return _gone(folder, elsewhere)
    state = "stopping" if ending.asked(folder) else state
    force = executor.here.force(folder) if state == "stopping" else ""
    return Standing(state, _live_words(folder, state, message, elsewhere), "", force, elsewhere, apart)


def _waits_on(machine: str) -> str:
    return f"Waits on the machine {machine!r}, where it was put in the queue." if machine else ""


def _gone(folder: Path, elsewhere: str) -> Standing:
    if elsewhere:
        silent = silent_seconds(folder)
        since = f" for {duration(silent)}" if silent < float("inf") else ""
        message = f"It ran on the machine {elsewhere!r}, which has given no sign of life{since}."
        return Standing("interrupted", message, elsewhere=elsewhere)
    failure, message = postmortem.reason(folder)
    return Standing("interrupted", message, failure)


def _live_words(folder: Path, state: str, message: str, elsewhere: str) -> str:
    """What is to be known of a run at work: where, whether it ends or hangs, and whether the disk is nearly full."""
    parts = [f"Runs on the machine {elsewhere!r}."] if elsewhere else []
    silent = silent_seconds(folder)
    if SILENT_SECONDS < silent < float("inf"):
        hint = "" if state == "stopping" else " or its process hangs: Stop ends it"
        parts.append(f"No sign of life for {silent:.0f} seconds; the machine may be overloaded{hint}.")
    if state == "stopping":
        parts.append(ending.words(folder))
    free = disk.free(folder)
    if free < LITTLE_BYTES:
        parts.append(f"Only {free / 1e6:.1f} MB are free on its disk; make room, or it may break off.")
    return " ".join(parts) or message
