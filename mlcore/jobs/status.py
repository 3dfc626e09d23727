"""A run as its folder tells it: what it asked for, what it says of itself, and whether that is still true."""

import math
import os
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

from mlcore import durable, events, reader
from mlcore.errors import Kind, Refused
from mlcore.home import NAME, in_home
from mlcore.jobs import executor, postmortem
from mlcore.jobs.process import STOP
from mlcore.recipe import Recipe

State = Literal["queued", "starting", "running", "stopping", "stopped", "interrupted", "failed", "done"]
STEPS = (events.StepsDone, events.PartsDone, events.GanStepsDone, events.RepairStepsDone)  # they say how far a run is
TRAIN = "train"  # the task that a folder with a recipe alone is for
LIVE = ("starting", "running", "stopping")
FILE = "status.json"
COPIED = "This folder was copied here while it waited or ran; Resume goes on with it here."
SILENT_SECONDS = 30  # a worker says it is alive every 2 s


class TaskFile(BaseModel):
    """What `task.json` holds: which task, and its settings."""

    kind: str = Field(max_length=100)
    settings: dict[str, Any]


class Status(BaseModel):
    """What `status.json` must hold to be believed."""

    state: State
    title: str = Field("", max_length=1000)
    message: str = Field("", max_length=10_000)
    failure: str = ""
    wants: str = "auto"
    device: str = ""
    rank: float = math.inf  # a place in the queue that somebody chose; later ones queue up behind
    sweep: str = ""
    mirrors: list[str] = []
    created: reader.Moment = 0.0
    started: reader.Moment | None = None
    ended: reader.Moment | None = None
    ticket: int | None = None  # which folder was put in the queue, as `ticket` tells it; None by older versions


@dataclass(frozen=True)
class Run:
    """A run as it stands now: of training, or of another task."""

    id: str
    title: str
    state: State
    message: str
    failure: str  # what kind of trouble ended it, as in errors.Kind; "" when none did
    position: int
    progress: float
    eta_seconds: float | None
    kind: str  # the name of its task
    recipe: Recipe | None  # the settings of a training run, checked
    settings: dict[str, Any]
    created: float
    started: float | None
    ended: float | None
    wants: str = "auto"  # the device that was asked for
    devices: tuple[str, ...] = ()  # those it computes on
    rank: float = math.inf
    sweep: str = ""  # the sweep it is a member of

    @property
    def needs(self) -> int:
        """How many devices it computes on."""
        return self.recipe.training.devices if self.recipe else 1

    @property
    def live(self) -> bool:
        """Whether a process is at work on it."""
        return self.state in LIVE

    @property
    def can_stop(self) -> bool:
        """Whether stopping it would do something."""
        return self.state in ("queued", "starting", "running")

    @property
    def can_resume(self) -> bool:
        """Whether it can go on from where it was."""
        return self.state in ("stopped", "interrupted", "failed")

    @property
    def smaller_batch(self) -> int | None:
        """Half the batch size, for a training run that ran out of memory."""
        size = self.recipe.training.batch_size if self.recipe else 1
        return size // 2 if self.failure == Kind.OUT_OF_MEMORY and size > 1 else None


def models() -> Path:
    """The folder that holds a folder for each run."""
    return in_home("models")


def folder(id: str) -> Path:
    """The folder of a run; it may not exist."""
    return models() / id


def status_of(folder: Path) -> Status:
    """What a run's status says, checked."""
    return reader.record(folder / FILE, Status)


def task_of(folder: Path) -> TaskFile:
    """The task that a folder is for; raises Refused(missing-file, unreadable-file) when its file is damaged.

    A training run has no task.json: its recipe.json holds the settings, as it does in the folder of every model.
    """
    path = folder / "task.json"
    if os.path.lexists(path):
        return reader.record(path, TaskFile)
    return TaskFile(kind=TRAIN, settings=reader.record(folder / "recipe.json", dict[str, Any]))


def statuses() -> list[tuple[Path, dict]]:
    """The folder and the raw status of every run."""
    folders = [models() / name for name in reader.names_in(models()) if NAME.match(name)]
    raw = ((folder, reader.facts(folder / FILE)) for folder in folders)
    return [(folder, status) for folder, status in raw if status]


def listing() -> list[Run]:
    """Every run, the newest first."""
    runs = [run for run in (_run(folder, status) for folder, status in statuses()) if run]
    positions = {run.id: position for position, run in enumerate(_queue(runs), 1)}
    placed_runs = [replace(run, position=positions.get(run.id, 0)) for run in runs]
    return sorted(placed_runs, key=lambda run: run.created, reverse=True)


def find(id: str) -> Run | None:
    """The run of that id; only a waiting one makes it read the others."""
    status = reader.facts(folder(id) / FILE) if NAME.match(id or "") else None
    run = _run(folder(id), status) if status else None
    if run and run.state == "queued":
        return next((other for other in listing() if other.id == id), None)
    return run


def _queue(runs: list[Run]) -> list[Run]:
    return sorted((run for run in runs if run.state == "queued"), key=lambda run: (run.rank, run.created))


def read(folder: Path) -> tuple[TaskFile, Status, Recipe | None]:
    """What a run's folder says: its task, its status and, of a training run, its recipe; raises Refused.

    What a newer version added to a recipe is left out.
    """
    return _read(folder, reader.document(folder / FILE))


def _read(folder: Path, raw: Any) -> tuple[TaskFile, Status, Recipe | None]:
    status, task = reader.validated(raw, Status, repr(FILE)), task_of(folder)
    return task, status, reader.record(folder / "recipe.json", Recipe) if task.kind == TRAIN else None


def _run(folder: Path, raw: dict[str, Any]) -> Run | None:
    try:
        task, status, recipe = _read(folder, raw)
    except Refused:
        return None
    state, message, failure = _true_state(folder, raw)
    share, eta = _progress(folder) if state != "queued" else (0.0, None)
    run = Run(
        id=folder.name,
        title=status.title or folder.name,
        state=state,
        message=message,
        failure=failure,
        position=0,
        progress=1.0 if state == "done" else share,
        eta_seconds=eta if state in LIVE else None,
        kind=task.kind,
        recipe=recipe,
        settings=task.settings,
        created=status.created,
        started=status.started,
        ended=status.ended,
        wants=status.wants,
        devices=tuple(name for name in status.device.split(",") if name),
        rank=status.rank,
        sweep=status.sweep,
    )
    half = run.smaller_batch
    return replace(run, message=f"{message} Half the batch size, {half}, may fit.") if half else run


def _true_state(folder: Path, status: dict) -> tuple[State, str, str]:
    """State, message and kind of failure, judged by whether the process is still there."""
    state, message = status["state"], status.get("message") or ""
    if state in ("queued", *LIVE) and _is_copy(folder, status):
        return "interrupted", COPIED, ""
    if state not in LIVE:
        return state, message, status.get("failure") or ""
    if not executor.here.alive(status):
        failure, message = postmortem.reason(folder)
        return "interrupted", message, failure
    if (folder / STOP).exists():
        return "stopping", "Stops after the step it is in.", ""
    silent = _silent_seconds(folder)
    if silent > SILENT_SECONDS:
        message = f"No sign of life for {silent:.0f} seconds; the machine may be overloaded."
    return state, message, ""


def ticket(folder: Path) -> int:
    """What tells a folder from every copy of it: its number on the disk, which moving it keeps."""
    return folder.stat().st_ino


def _is_copy(folder: Path, status: dict) -> bool:
    """Whether another folder than this one was put in the queue; older versions told of none that is at work."""
    given = status.get("ticket")
    return given != ticket(folder) if given is not None else status["state"] == "queued"


def _silent_seconds(folder: Path) -> float:
    try:
        return time.time() - (folder / postmortem.ALIVE).stat().st_mtime
    except OSError:
        return 0.0


def _progress(folder: Path) -> tuple[float, float | None]:
    """Share of the steps or parts done and seconds left, from the last lines of the events."""
    lines = events.latest(folder / "events.jsonl", 8192)
    steps = [line.event for line in lines if isinstance(line.event, STEPS)]
    return (_share(steps[-1]), steps[-1].eta_seconds) if steps else (0.0, None)


def _share(event) -> float:
    done, of = (event.done, event.total) if isinstance(event, events.PartsDone) else (event.step, event.steps)
    return min(1.0, max(0.0, done / max(1, of)))


def write(folder: Path, **values) -> None:
    """Put down a run's status anew."""
    durable.write_json(folder / FILE, {"pid": None, "changed": datetime.now(UTC).isoformat(), **values})


def change(folder: Path, **values) -> None:
    """Change some values of a run's status; the others stay."""
    write(folder, **{**reader.facts(folder / FILE), **values})
