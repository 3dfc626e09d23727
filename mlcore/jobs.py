"""Runs: one detached process and one folder each, with a queue in front.

A page or a command asks, reads and forgets; the run goes on without it. Status is `status.json`,
history is `events.jsonl`; a run whose process is gone without saying so counts as interrupted.
"""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import psutil

from mlcore import durable, events
from mlcore.errors import Kind, Refused, unknown
from mlcore.home import NAME, home
from mlcore.recipe import Recipe
from mlcore.settings import read

State = Literal["queued", "starting", "running", "stopping", "stopped", "interrupted", "failed", "done"]
LIVE = ("starting", "running", "stopping")
SILENT_SECONDS = 30  # a worker says it is alive every 2 s


@dataclass(frozen=True)
class Run:
    """A run as it stands now."""

    id: str
    title: str
    state: State
    message: str
    position: int
    progress: float
    eta_seconds: float | None
    recipe: Recipe
    created: float
    started: float | None
    ended: float | None

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


def start(recipe: Recipe, title: str = "") -> str:
    """Put a run in the queue and start it when a slot is free; gives its id."""
    folder = _new_folder(recipe)
    durable.write_json(folder / "recipe.json", recipe.model_dump(mode="json"))
    _write(folder, state="queued", title=title or _title(recipe), created=time.time())
    start_waiting()
    return folder.name


def all() -> list[Run]:
    """Every run, the newest first; starts waiting ones when a slot is free."""
    start_waiting()
    return _list()


def run(id: str) -> Run:
    """The run of that id; raises Refused(unknown-run)."""
    found = [run for run in _list() if run.id == id]
    if not found:
        raise unknown(Kind.UNKNOWN_RUN, "run", id, [run.id for run in _list()])
    return found[0]


def stop(id: str) -> Run:
    """Ask a run to stop after the step it is in; it can be resumed."""
    found = run(id)
    if found.state == "queued":
        with _lock():
            change(_folder(id), state="stopped", message="Taken out of the queue.")
    elif found.can_stop:
        (_folder(id) / "stop").touch()
    return run(id)


def resume(id: str) -> Run:
    """Let a stopped, interrupted or failed run go on from its last checkpoint."""
    found = run(id)
    if not found.can_resume:
        raise Refused(Kind.NOT_COMPATIBLE, f"The run {id!r} is {found.state} and can't be resumed.")
    (_folder(id) / "stop").unlink(missing_ok=True)
    change(_folder(id), state="queued", message="", pid=None)
    start_waiting()
    return run(id)


def remove(id: str) -> None:
    """Delete a run with its model for good; a live one must be stopped first."""
    found = run(id)
    if found.live:
        raise Refused(Kind.NOT_COMPATIBLE, f"The run {id!r} is {found.state}; stop it before removing it.")
    durable.remove_folder(_folder(id))


def rename(id: str, title: str) -> None:
    """Give a run another title."""
    run(id)
    change(_folder(id), title=title.strip()[:80] or id)


def log(id: str) -> str:
    """What the run's process printed, at most the last 64 KB."""
    run(id)
    path = _folder(id) / "log.txt"
    return path.read_bytes()[-65536:].decode(errors="replace") if path.exists() else ""


def read_events(id: str, offset: int = 0) -> tuple[list[events.Line], int]:
    """The run's events after a byte offset, and the offset to go on from."""
    return events.read(_folder(id) / "events.jsonl", offset)


def start_waiting() -> list[str]:
    """Start the longest-waiting runs while slots are free; safe to call from anywhere, often."""
    if not any(status.get("state") == "queued" for _, status in _statuses()):
        return []
    with _lock():
        found = sorted(_list(), key=lambda run: run.created)
        free = slots() - sum(run.live for run in found)
        waiting = [run for run in found if run.state == "queued"][: max(0, free)]
        for waits in waiting:
            _spawn(_folder(waits.id))
    return [run.id for run in waiting]


def slots() -> int:
    """How many runs may work at once: VITRINE_SLOTS, default 1."""
    text = os.environ.get("VITRINE_SLOTS", "1")
    return max(1, int(text)) if text.isdigit() else 1


# the process


def _spawn(folder: Path) -> None:
    with open(folder / "log.txt", "ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "mlcore.worker", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=Path(__file__).resolve().parent.parent,
        )
    process_born = born(process.pid)
    change(folder, state="starting", pid=process.pid, born=process_born, started=time.time(), message="")
    _children.append(process)


_children: list[subprocess.Popen] = []  # kept so that ended ones are reaped and don't stay as zombies


def born(pid: int) -> float | None:
    """When a process began, in seconds since 1970: with its number it names one process only."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def _is_alive(status: dict) -> bool:
    """Whether the very process that was started is still there (a number alone may be somebody else's)."""
    for child in _children:
        child.poll()
    try:
        process = psutil.Process(status["pid"])
        same = status.get("born") is None or abs(process.create_time() - status["born"]) < 1
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, KeyError, TypeError, ValueError):
        return False


# the folders


def _models() -> Path:
    return home() / "models"


def _folder(id: str) -> Path:
    return _models() / id


def _new_folder(recipe: Recipe) -> Path:
    stem = f"{recipe.data}-{recipe.architecture}"[:48] + f"-{recipe.id[:6]}"
    for number in range(1, 10_000):
        folder = _models() / (stem if number == 1 else f"{stem}-{number}")
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            continue
    raise Refused(Kind.NOT_COMPATIBLE, "This recipe was trained 9,999 times already; remove some of those models.")


def _title(recipe: Recipe) -> str:
    from mlcore import architectures

    when = datetime.now().strftime("%-d %b %H:%M")
    return f"{architectures.shelf.get(recipe.architecture).title} on {recipe.data}, {when}"


def _statuses() -> list[tuple[Path, dict]]:
    folders = _models().iterdir() if _models().is_dir() else []
    found = ((folder, durable.read_json(folder / "status.json")) for folder in folders if NAME.match(folder.name))
    return [(folder, status) for folder, status in found if isinstance(status, dict)]


def _list() -> list[Run]:
    found = [run for run in (_read(folder, status) for folder, status in _statuses()) if run]
    queue = sorted((run for run in found if run.state == "queued"), key=lambda run: run.created)
    places = {run.id: place for place, run in enumerate(queue, 1)}
    runs = [Run(**{**vars(run), "position": places.get(run.id, 0)}) for run in found]
    return sorted(runs, key=lambda run: run.created, reverse=True)


def _read(folder: Path, status: dict) -> Run | None:
    try:
        recipe = read(Recipe, durable.read_json(folder / "recipe.json") or {})
    except Refused:
        return None
    state, message = _true_state(folder, status)
    done, eta = _progress(folder) if state != "queued" else (0.0, None)
    return Run(
        id=folder.name,
        title=str(status.get("title") or folder.name),
        state=state,
        message=message,
        position=0,
        progress=1.0 if state == "done" else done,
        eta_seconds=eta if state in LIVE else None,
        recipe=recipe,
        created=float(status.get("created") or 0),
        started=status.get("started"),
        ended=status.get("ended"),
    )


def _true_state(folder: Path, status: dict) -> tuple[State, str]:
    state, message = status.get("state", "interrupted"), status.get("message") or ""
    if state not in LIVE:
        return state, message
    if not _is_alive(status):
        return (
            "interrupted",
            "The training process is gone, killed or out of memory. Resume goes on from the last checkpoint.",
        )
    if (folder / "stop").exists():
        return "stopping", "Stops after the step it is in."
    silent = _silent_seconds(folder)
    if silent > SILENT_SECONDS:
        return state, f"No sign of life for {silent:.0f} seconds; the machine may be overloaded."
    return state, message


def _silent_seconds(folder: Path) -> float:
    try:
        return time.time() - (folder / "alive").stat().st_mtime
    except OSError:
        return 0.0


def _progress(folder: Path) -> tuple[float, float | None]:
    """Share of the steps done and seconds left, from the last lines of the events."""
    path = folder / "events.jsonl"
    try:
        size = path.stat().st_size
    except OSError:
        return 0.0, None
    lines, _ = events.read(path, max(0, size - 8192))
    steps = [line.event for line in lines if isinstance(line.event, events.StepsDone)]
    return (steps[-1].step / max(1, steps[-1].steps), steps[-1].eta_seconds) if steps else (0.0, None)


def _write(folder: Path, **values) -> None:
    durable.write_json(folder / "status.json", {"pid": None, "changed": datetime.now(UTC).isoformat(), **values})


def change(folder: Path, **values) -> None:
    """Change some values of a run's status; the others stay."""
    _write(folder, **{**(durable.read_json(folder / "status.json") or {}), **values})


@contextmanager
def _lock():
    """One starter at a time, across processes; the lock goes with its process."""
    import fcntl

    _models().mkdir(parents=True, exist_ok=True)
    with open(_models() / ".queue", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
