"""Runs, of training and of other tasks: one detached process and one folder each, with a queue in front.

A page or a command asks, reads and forgets; the run goes on without it. Status is `status.json`,
history is `events.jsonl`; a run whose process is gone without saying so counts as interrupted.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mlcore import architectures, data, durable, events, reader
from mlcore.data.binding import bound, refuse_other
from mlcore.errors import Kind, Refused, unknown
from mlcore.jobs import executor, machines, postmortem, queue, record, room, standby, tasks
from mlcore.jobs.ending import STOP
from mlcore.jobs.machines import start_stamp
from mlcore.jobs.printed import without_chatter
from mlcore.jobs.record import change, ticket
from mlcore.jobs.status import TRAIN, Run, find, folder, listing, models, status_of, statuses, task_of
from mlcore.jobs.unreadable import remove_unreadable, unreadable
from mlcore.library import labels
from mlcore.machine import devices, disk
from mlcore.recipe import Recipe
from mlcore.registry import Entry
from mlcore.settings import Settings, read

__all__ = ["Run", "about", "all", "change", "finished_twin", "log", "move", "read_events", "remove"]
__all__ += ["remove_unreadable", "rename", "resume", "run", "slots", "standby", "start", "start_stamp", "start_task"]
__all__ += ["start_waiting", "status_of", "stop", "take_over", "task_of", "ticket", "unreadable", "wait_for_starter"]

LOG_BYTES = 65536  # of what a process printed that are shown
TAKEN_OVER = "The machine that it ran on is gone. Resume goes on from what was saved last."


def start(recipe: Recipe, title: str = "", device: str = devices.AUTO, **status: Any) -> str:
    """Put a training run in the queue and start it when a slot is free; gives its id.

    Where it computes isn't part of the recipe. Further values are kept in its status.
    """
    _refuse_unknown(device)
    data.refuse_one_class(recipe.data, recipe.fingerprint)
    _refuse_impossible(tasks.shelf.get(TRAIN), recipe)
    recipe = bound(recipe)
    stem = _stem(f"{recipe.data}-{recipe.architecture}", recipe.id)
    plan = {"recipe.json": recipe.model_dump(mode="json")}
    return _queue(stem, plan, title=title or _title(recipe), wants=device, **status)


def start_task(kind: str, settings: Mapping[str, Any], title: str = "") -> str:
    """Put a task of the shelf `mlcore.jobs.tasks` in the queue and start it when a slot is free; gives its id.

    Raises Refused(unknown-name) for a task that isn't there and Refused(bad-setting) for a value.
    """
    entry = tasks.shelf.get(kind)
    checked_settings = bound(read(entry.settings, settings))
    if isinstance(checked_settings, Recipe):
        return start(checked_settings, title)
    _refuse_impossible(entry, checked_settings)
    given = checked_settings.model_dump(mode="json")
    stem = _stem(kind, hashlib.sha256(json.dumps([kind, given], sort_keys=True).encode()).hexdigest())
    plan = {"task.json": {"kind": kind, "settings": given}}
    return _queue(stem, plan, title=title or f"{entry.title}, {_now()}")


def _refuse_impossible(entry: Entry, plan: Settings) -> None:
    """Raise Refused for what can't be done with these data, before there is a run of it."""
    if entry.check:
        entry.check(plan)


def _queue(stem: str, plan: Mapping[str, Any], **values: Any) -> str:
    """Make the folder of a run, whole or not at all, and see whether it can start."""
    room.refuse_lack()
    values |= {"state": "queued", "created": time.time()}
    try:
        folder = durable.numbered_folder(models(), stem, partial(_documents, plan, values))
    except FileExistsError as error:
        words = "This was done 9,999 times already; remove some of those runs."
        raise Refused(Kind.NOT_COMPATIBLE, words) from error
    except OSError as error:
        if not disk.is_full(error):
            raise
        raise Refused(Kind.DISK_FULL, "The disk is full, so the run wasn't put down; make some room.") from error
    start_waiting()
    return folder.name


def _documents(plan: Mapping[str, Any], values: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What a new folder holds: what is to be done, and the status."""
    return {**plan, record.FILE: record.dated({**values, **_ours(folder)})}


def _ours(folder: Path) -> dict[str, Any]:
    """What a status says of where it may run: this machine, and this very folder."""
    return {"machine": machines.here().model_dump(), "ticket": ticket(folder)}


def finished_twin(recipe: Recipe) -> Run | None:
    """The newest finished run of the very same recipe, on the data as they are stored now; its model can be used."""
    stored = data.stored(recipe.data, recipe.fingerprint)
    twins = (run for run in listing() if run.state == "done" and run.recipe and _is_twin(run, recipe, stored))
    return next((run for run in twins if (folder(run.id) / "card.json").exists()), None)


def _is_twin(run: Run, recipe: Recipe, stored: data.Summary | None) -> bool:
    """Whether a training run had the recipe, and the data as they are stored; older runs tell these by their date."""
    began = run.recipe.fingerprint if run.recipe else ""
    if run.recipe != recipe.model_copy(update={"fingerprint": began}):
        return False
    if began or stored is None:
        return stored is None or began == stored.fingerprint
    return run.created >= datetime.fromisoformat(stored.created).timestamp()


def all() -> list[Run]:
    """Every run, the newest first; starts waiting ones when a slot is free."""
    start_waiting()
    return listing()


def about(kind: str, model: str) -> list[Run]:
    """The runs of one task that have to do with a model, the newest first."""
    return [run for run in all() if run.kind == kind and run.settings.get("model") == model]


def run(id: str) -> Run:
    """The run of that id; raises Refused(unknown-run)."""
    if wanted := find(id):
        return wanted
    raise unknown(Kind.UNKNOWN_RUN, "run", id, [run.id for run in listing()])


def stop(id: str) -> Run:
    """Ask a run to stop after the step it is in; it can be resumed.

    Asked once more after some seconds, one that goes on is sent SIGTERM, and then killed; `force` of the run says what
    is next. One that gives no sign of life any more is ended so by itself. A run of another machine is only asked.
    """
    with _lock():
        wanted = run(id)
        if wanted.state == "queued":
            _refuse_elsewhere(wanted, "take it out of the queue")
            change(folder(id), state="stopped", message="Taken out of the queue.")
        elif wanted.force:
            executor.here.end(folder(id))
        elif wanted.can_stop:
            executor.here.stop(folder(id))
    return run(id)


def take_over(id: str) -> Run:
    """Make a run ours that another machine left behind, which is gone for good; raises Refused while it is at work."""
    with _lock():
        wanted = run(id)
        if not wanted.can_take_over:
            words = f"the machine {wanted.elsewhere!r} works on it" if wanted.elsewhere else "no other machine has it"
            raise Refused(Kind.NOT_COMPATIBLE, f"The run {id!r} can't be taken over: {words}.")
        ours = {**_ours(folder(id)), "pid": None, "born": None}
        gone = {} if wanted.state == "queued" else {"state": "interrupted", "message": TAKEN_OVER}
        change(folder(id), **ours, **gone)
    start_waiting()
    return run(id)


def _refuse_elsewhere(run: Run, what: str) -> None:
    """Raise Refused for what only the machine of a run may do."""
    if run.elsewhere:
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"The run {run.id!r} belongs to the machine {run.elsewhere!r}; {what} there, or take it over if that "
            "machine is gone for good.",
        )


def resume(id: str) -> Run:
    """Let a stopped, interrupted or failed run go on from its last checkpoint."""
    with _lock():
        wanted = run(id)
        _refuse_elsewhere(wanted, "resume it")
        if not wanted.can_resume:
            raise Refused(Kind.NOT_COMPATIBLE, f"The run {id!r} is {wanted.state} and can't be resumed.")
        refuse_other(SimpleNamespace(**wanted.settings))
        reader.refuse_odd_files(folder(id))
        (folder(id) / STOP).unlink(missing_ok=True)
        change(folder(id), state="queued", message="", failure="", pid=None, **_ours(folder(id)))
    start_waiting()
    return run(id)


def remove(id: str) -> None:
    """Delete a run with its model for good; a live one must be stopped first."""
    with _lock():  # nobody starts it meanwhile
        doomed = run(id)
        if doomed.live:
            raise Refused(Kind.NOT_COMPATIBLE, f"The run {id!r} is {doomed.state}; stop it before removing it.")
        _refuse_elsewhere(doomed, "delete it")
        durable.remove_folder(folder(id))
    labels.write(id, labels.Label())


def rename(id: str, title: str) -> None:
    """Give a run another title."""
    run(id)
    change(folder(id), title=title.strip()[:80] or id)


def log(id: str) -> str:
    """What the run's process printed, at most the last 64 KB, without what engines say of themselves.

    Where that can't be read, the reason.
    """
    run(id)
    try:
        printed = reader.tail(folder(id) / "log.txt", LOG_BYTES)[0]
    except Refused as refusal:
        return "" if refusal.kind == Kind.MISSING_FILE else refusal.message
    return without_chatter(printed.decode(errors="replace"))


def read_events(id: str, offset: int = 0) -> tuple[list[events.Line], int]:
    """The run's events after a byte offset, and the offset to go on from; none where `unreadable` tells why."""
    try:
        return events.read(folder(id) / "events.jsonl", offset)
    except Refused:
        return [], offset


def start_waiting() -> list[str]:
    """Start those first in the queue while slots are free; safe to call from anywhere, often."""
    if not any(status.get("state") == "queued" for _, status in statuses()):
        return []
    with _lock():
        ready = queue.assign(listing(), executor.here.places(), slots()) if not room.lack() else {}
        return [id for id, names in ready.items() if _begun(id, names)]


def _begun(id: str, names: Sequence[str]) -> bool:
    """Begin a run; not where somebody deleted it just now, or the disk is full, which the run tells itself."""
    try:
        change(folder(id), device=",".join(names))
        _begin(id)
    except Refused:
        return False
    except OSError as error:
        if not disk.is_full(error):
            raise
        with suppress(OSError, Refused):
            change(folder(id), state="queued", started=None)
        return False
    return True


def move(id: str, to: queue.Move) -> None:
    """Move a waiting run in the queue: "first", "up", "down" or "last"."""
    with _lock():
        _refuse_elsewhere(run(id), "move it")
        if run(id).state != "queued":
            raise Refused(Kind.NOT_COMPATIBLE, f"The run {id!r} is {run(id).state}; only a waiting one can be moved.")
        waiting = sorted((run for run in listing() if run.position), key=lambda run: run.position)
        for rank, moved in enumerate(queue.moved([run.id for run in waiting], id, to)):
            change(folder(moved), rank=rank)


def _begin(id: str) -> None:
    postmortem.forget(folder(id))
    chosen = run(id).devices
    change(folder(id), state="starting", started=time.time(), message="")  # first: a full disk starts nothing
    change(folder(id), **executor.here.start(folder(id), chosen))


def slots() -> int:
    """How many runs may share a device: VITRINE_SLOTS, default 1."""
    text = os.environ.get("VITRINE_SLOTS", "1")
    return max(1, int(text)) if text.isdigit() else 1


def wait_for_starter() -> None:
    """Wait until whoever is starting runs has written them down; a worker in waiting is at work before that."""
    with _lock():
        return


def _refuse_unknown(device: str) -> None:
    names = [devices.AUTO, *(each.name for each in devices.devices())]
    if device not in names:
        raise unknown(Kind.UNKNOWN_NAME, "device", device, names)


def _stem(name: str, digest: str) -> str:
    return f"{name[:48]}-{digest[:6]}"


def _title(recipe: Recipe) -> str:
    return f"{architectures.shelf.get(recipe.architecture).title} on {recipe.data}, {_now()}"


def _now() -> str:
    return datetime.now().strftime("%-d %b %H:%M")


@contextmanager
def _lock() -> Iterator[None]:
    """One starter at a time, across processes; the lock goes with its process."""
    import fcntl

    models().mkdir(parents=True, exist_ok=True)
    with open(models() / ".queue", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
