"""Ending a worker: it is asked, then told by SIGTERM, then killed, each step when the one before brought nothing.

The file `stop` in its folder says how far that is. Only a process that is proven to be the run's worker is ever
signalled: the one that holds the run's lock and has signed it, by number, start stamp and machine.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

import psutil

from mlcore import events, reader
from mlcore.errors import Kind, Refused
from mlcore.jobs import holding, machines, record
from mlcore.jobs.signs import silent_seconds

STOP = "stop"
ASKED, TERM, KILL = "asked", "SIGTERM", "SIGKILL"
NEXT = {ASKED: TERM, TERM: KILL, KILL: KILL}
PATIENCE_SECONDS = {ASKED: 10.0, TERM: 5.0, KILL: 5.0}
ENDED = "Ended by force (SIGKILL), for it didn't stop when asked. Resume goes on from what was saved last."
WORDS = {
    ASKED: ("Stops after the step it is in.", "It hasn't for {} seconds; asked once more, it is sent SIGTERM."),
    TERM: (
        "Sent SIGTERM, so that it ends.",
        "It hasn't for {} seconds; asked once more, it is killed (SIGKILL), and what was saved last stays.",
    ),
    KILL: ("Killed (SIGKILL).", "The system hasn't let go of it for {} seconds."),
}


def asked(folder: Path) -> bool:
    """Whether the worker of a folder is to end."""
    return (folder / STOP).exists()


def note(folder: Path, step: str) -> None:
    """Write down a step towards the end; on a full disk an empty file asks as well."""
    handle = os.open(folder / STOP, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        with contextlib.suppress(OSError):
            os.write(handle, f"{step}\n".encode())
        now = time.time()  # ours, and not that of a file server
        os.utime(handle, (now, now))
    finally:
        os.close(handle)


def last_step(folder: Path) -> str:
    """The last step that was taken."""
    try:
        words = reader.tail(folder / STOP, 1024)[0].decode("ascii", errors="replace").split()
    except Refused:
        return ASKED
    return next((word for word in reversed(words) if word in NEXT), ASKED)


def seconds(folder: Path) -> float:
    """Seconds since that step."""
    try:
        return max(0.0, time.time() - (folder / STOP).stat().st_mtime)
    except OSError:
        return 0.0


def words(folder: Path) -> str:
    """How far the ending is, and what asking once more would do, in words."""
    now, later = WORDS[last_step(folder)]
    return f"{now} {later.format(round(seconds(folder)))}" if force(folder) else now


def force(folder: Path) -> str:
    """The signal that comes next, when the last step has had its time and the worker is proven to be one of ours."""
    step = last_step(folder)
    patient = not asked(folder) or seconds(folder) < PATIENCE_SECONDS[step]
    return "" if patient or worker_of(folder) is None else NEXT[step]


def worker_of(folder: Path) -> psutil.Process | None:
    """The process that is proven to be at work on a folder; None where there is none, or it is on another machine."""
    if not holding.is_held(folder):
        return None
    holder = holding.holder(folder)
    machine = holder.machine
    signed = machine.is_here and machine.shares_numbers and holder.folder == record.ticket(folder) and holder.pid > 1
    try:
        process = psutil.Process(holder.pid) if signed else None
    except psutil.Error:
        return None
    return process if process and holder.born == machines.start_stamp(holder.pid) else None


def end(folder: Path) -> None:
    """Take the next step towards the end of a worker that didn't heed the last one."""
    name, process = force(folder), worker_of(folder)
    if not name or process is None:
        return
    note(folder, name)
    try:
        process.send_signal(getattr(signal, name))
    except psutil.AccessDenied as error:
        words = f"The worker of {folder.name!r} belongs to another user of this machine, who has to end it."
        raise Refused(Kind.NOT_COMPATIBLE, words) from error
    except psutil.NoSuchProcess:
        return
    if name == KILL:
        _bury(folder)


def _bury(folder: Path) -> None:
    """Say how a killed worker ended, once it is gone for certain."""
    silent = silent_seconds(folder)
    with holding.hold(folder, PATIENCE_SECONDS[KILL]) as held:
        if held is None:
            return  # it waits for a disk, which not even SIGKILL cuts short
        (folder / STOP).unlink(missing_ok=True)
        if (record.read(folder) or {}).get("state") not in ("starting", "running"):
            return  # it said itself how it ended, just before
        record.change(folder, state="stopped", message=_epitaph(silent), ended=time.time())
        with contextlib.suppress(OSError):
            events.append(folder / "events.jsonl", events.RunStopped(_epitaph(silent)))


def _epitaph(silent: float) -> str:
    gave = f" It had given no sign of life for {silent:.0f} seconds." if 10 < silent < float("inf") else ""
    return ENDED + gave
