"""A run as its folder tells it: what it asked for, what it says of itself, and whether that is still true."""

import math
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from mlcore import events, reader
from mlcore.errors import Kind, Refused
from mlcore.home import NAME, in_home
from mlcore.jobs import record, standing
from mlcore.jobs.record import change as change
from mlcore.jobs.record import write as write
from mlcore.jobs.standing import LIVE, State
from mlcore.recipe import Recipe

STEPS = (events.StepsDone, events.PartsDone, events.GanStepsDone, events.RepairStepsDone)  # they say how far a run is
TRAIN = "train"  # the task that a folder with a recipe alone is for


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
    ticket: str | None = None  # of the folder that was put in the queue; None by older versions


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
    force: str = ""  # the signal that asking it once more to stop would send, such as SIGTERM
    elsewhere: str = ""  # another machine that it runs, ran or waits on
    apart: bool = False  # whether what it computes on isn't ours either

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
        return self.state in ("starting", "running") or bool(self.force) or (self.state == "queued" and self.is_ours)

    @property
    def can_resume(self) -> bool:
        """Whether it can go on from where it was."""
        return self.state in ("stopped", "interrupted", "failed") and self.is_ours

    @property
    def is_ours(self) -> bool:
        """Whether no other machine has a say in it."""
        return not self.elsewhere

    @property
    def can_take_over(self) -> bool:
        """Whether it is left over from another machine that doesn't work on it."""
        return not self.is_ours and not self.live

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
    return reader.record(folder / record.FILE, Status)


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
    raw = ((folder, record.read(folder)) for folder in folders)
    return [(folder, status) for folder, status in raw if status]


def listing() -> list[Run]:
    """Every run, the newest first."""
    runs = [run for run in (_run(folder, status) for folder, status in statuses()) if run]
    positions = {run.id: position for position, run in enumerate(_queue(runs), 1)}
    placed_runs = [replace(run, position=positions.get(run.id, 0)) for run in runs]
    return sorted(placed_runs, key=lambda run: run.created, reverse=True)


def find(id: str) -> Run | None:
    """The run of that id; only a waiting one makes it read the others."""
    status = record.read(folder(id)) if NAME.match(id or "") else None
    run = _run(folder(id), status) if status else None
    if run and run.state == "queued":
        return next((other for other in listing() if other.id == id), None)
    return run


def _queue(runs: list[Run]) -> list[Run]:
    waiting = (run for run in runs if run.state == "queued" and run.is_ours)
    return sorted(waiting, key=lambda run: (run.rank, run.created))


def read(folder: Path) -> tuple[TaskFile, Status, Recipe | None]:
    """What a run's folder says: its task, its status and, of a training run, its recipe; raises Refused.

    What a newer version added to a recipe is left out.
    """
    return _read(folder, reader.document(folder / record.FILE))


def _read(folder: Path, raw: Any) -> tuple[TaskFile, Status, Recipe | None]:
    status, task = reader.validated(raw, Status, repr(record.FILE)), task_of(folder)
    return task, status, reader.record(folder / "recipe.json", Recipe) if task.kind == TRAIN else None


def _run(folder: Path, raw: dict[str, Any]) -> Run | None:
    try:
        task, status, recipe = _read(folder, raw)
    except Refused:
        return None
    stands = standing.of(folder, raw)
    state, message = stands.state, stands.message
    share, eta = _progress(folder) if state != "queued" else (0.0, None)
    run = Run(
        id=folder.name,
        title=status.title or folder.name,
        state=state,
        message=message,
        failure=stands.failure,
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
        force=stands.force,
        elsewhere=stands.elsewhere,
        apart=stands.apart,
    )
    half = run.smaller_batch
    return replace(run, message=f"{message} Half the batch size, {half}, may fit.") if half else run


def _progress(folder: Path) -> tuple[float, float | None]:
    """Share of the steps or parts done and seconds left, from the last lines of the events."""
    lines = events.latest(folder / "events.jsonl", 8192)
    steps = [line.event for line in lines if isinstance(line.event, STEPS)]
    return (_share(steps[-1]), steps[-1].eta_seconds) if steps else (0.0, None)


def _share(event) -> float:
    done, of = (event.done, event.total) if isinstance(event, events.PartsDone) else (event.step, event.steps)
    return min(1.0, max(0.0, done / max(1, of)))
