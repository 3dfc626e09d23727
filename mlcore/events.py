"""What happened in a run: frozen facts in the past tense, one JSON line each.

A page reads events and nothing else; the file rebuilds the page a week later.
"""

import json
import math
import os
import stat
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from mlcore import reader
from mlcore.errors import Kind, Refused

MOST_BYTES = 16 * 2**20  # of a file of events that are read at a time: some 60,000 of them, a day of training


@dataclass(frozen=True)
class Event:
    """Something that happened; `at` is seconds since 1970."""


@dataclass(frozen=True)
class TrainingStarted(Event):
    epochs: int
    steps_per_epoch: int
    parameters: int
    pictures: int
    device: str
    backend: str


@dataclass(frozen=True)
class TrainingResumed(Event):
    epoch: int
    step: int
    message: str


@dataclass(frozen=True)
class StepsDone(Event):
    """Progress inside an epoch; `step` counts from the start of training."""

    epoch: int
    step: int
    steps: int
    loss: float | None
    accuracy: float | None
    learning_rate: float | None
    pictures_per_second: float
    eta_seconds: float | None


@dataclass(frozen=True)
class EpochEnded(Event):
    epoch: int
    step: int
    loss: float | None
    accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    learning_rate: float | None
    seconds: float
    pictures_per_second: float


@dataclass(frozen=True)
class CheckpointSaved(Event):
    epoch: int
    step: int


@dataclass(frozen=True)
class TrainingRolledBack(Event):
    """A number stopped being finite; training goes on from an earlier step with half the learning rate."""

    epoch: int
    step: int
    learning_rate: float
    message: str


@dataclass(frozen=True)
class TrainingEnded(Event):
    reason: str
    epochs: int
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class GanStarted(Event):
    steps: int
    generator_parameters: int
    critic_parameters: int
    device: str
    backend: str


@dataclass(frozen=True)
class GanStepsDone(Event):
    """Progress of a generator's training; a high score means that the critic takes the pictures for real."""

    step: int
    steps: int
    critic_loss: float
    generator_loss: float
    real_score: float
    made_score: float
    pictures_per_second: float
    eta_seconds: float | None


@dataclass(frozen=True)
class RepairStepsDone(Event):
    """Progress of a repair network: squared error in the holes (levels 0..1), and of the smooth fill it begins with."""

    step: int
    steps: int
    error: float
    smooth_error: float
    pictures_per_second: float
    eta_seconds: float | None


@dataclass(frozen=True)
class SamplesDrawn(Event):
    """A sheet of made pictures, from the same noise at every step; `file` lies in the run's folder."""

    step: int
    file: str


@dataclass(frozen=True)
class SamplesChecked(Event):
    """What a look at the pictures of the fixed noise found; None where it couldn't be told.

    deviation: of their pixels, 0 to 1; 0 is one flat colour. variety: how far they are from each other, over how far
    real pictures are; least_variety the same within the class where it is smallest. right: share in which the class
    asked for is seen, which should be right_needed at least. critic_right: share of pairs in which the critic scores
    the real picture higher; its scores of some real and made pictures follow.
    """

    step: int
    deviation: float
    variety: float | None
    least_variety: float | None
    least_class: str
    right: float | None
    right_needed: float | None
    critic_right: float
    generator_loss: float | None
    real_scores: list[float]
    made_scores: list[float]


@dataclass(frozen=True)
class FaultSeen(Event):
    """Training goes wrong in a way that numbers alone don't show; the message says what to do."""

    kind: str
    step: int
    message: str


@dataclass(frozen=True)
class FaultGone(Event):
    """A fault that was told of wasn't seen any more at several looks in a row."""

    kind: str
    step: int
    message: str


@dataclass(frozen=True)
class StageStarted(Event):
    """A part of the work that isn't an epoch began, such as 'Evaluating on the test pictures'."""

    title: str


@dataclass(frozen=True)
class PartsDone(Event):
    """Progress of work that isn't training: how many of its parts are done, such as pictures or methods."""

    done: int
    total: int
    eta_seconds: float | None = None


@dataclass(frozen=True)
class NoticeGiven(Event):
    message: str


@dataclass(frozen=True)
class ModelSaved(Event):
    accuracy: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class RunStopped(Event):
    message: str


@dataclass(frozen=True)
class RunFailed(Event):
    kind: str
    message: str


FILE = "events.jsonl"  # in the folder of a run

KNOWN = {kind.__name__: kind for kind in Event.__subclasses__()}


@dataclass(frozen=True)
class Line:
    """One event with the moment it was written."""

    at: float
    event: Event


class Written(BaseModel):
    """What every line of the file has beside the facts of its event."""

    model_config = ConfigDict(extra="allow")
    at: reader.Moment
    event: str


def append(path: Path, event: Event) -> None:
    """Add one event to the file in a single unbuffered write; a line that a kill cut off is closed first.

    Raises Refused(unreadable-file) for a link or pipe in its place.
    """
    text = json.dumps({"at": round(time.time(), 3), "event": type(event).__name__, **_finite(asdict(event))})
    handle = _opened(path)
    try:
        size = os.fstat(handle).st_size
        torn = size and os.pread(handle, 1, size - 1) != b"\n"
        line = (b"\n" if torn else b"") + text.encode() + b"\n"
        if (written := os.write(handle, line)) < len(line):  # a nearly full disk takes a part
            os.write(handle, line[written:])
    finally:
        os.close(handle)


def read(path: Path, offset: int = 0) -> tuple[list[Line], int]:
    """The events after a byte offset and the offset to go on from; an unfinished last line waits.

    Of more than 16 MB the end is read, after a notice of what is left out. Lines that can't be read, and those of a
    newer version, are passed over. Raises Refused(unreadable-file) for what isn't a file.
    """
    try:
        text, start = _after(path, offset)
    except Refused as refusal:
        if refusal.kind == Kind.MISSING_FILE:
            return [], offset
        raise
    begin = text.find(b"\n") + 1 if start > offset else 0
    end = text.rfind(b"\n") + 1
    lines = [line for line in map(_parse, text[begin:end].splitlines()) if line]
    return _left_out(start + begin - offset, lines) + lines, start + end


def latest(path: Path, count: int) -> list[Line]:
    """The events in the last `count` bytes of a file; none where it can't be read."""
    try:
        text, start = reader.tail(path, count)
    except Refused:
        return []
    begin = text.find(b"\n") + 1 if start else 0
    return [line for line in map(_parse, text[begin : text.rfind(b"\n") + 1].splitlines()) if line]


def _after(path: Path, offset: int) -> tuple[bytes, int]:
    """What a file holds after an offset, at most the last 16 MB of it, and where that begins."""
    with reader.opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        start = max(offset, size - MOST_BYTES)
        file.seek(start)
        return file.read(min(MOST_BYTES, size - start)), start


def _left_out(count: int, lines: list[Line]) -> list[Line]:
    """A notice of so many bytes that weren't read; none where all was."""
    if not count or not lines:
        return []
    words = f"The first {count / 1e6:,.0f} MB of what this run told aren't read; its latest {MOST_BYTES // 10**6} are."
    return [Line(lines[0].at, NoticeGiven(words))]


def _opened(path: Path) -> int:
    """The file, opened to add to it; a link isn't followed, and a pipe isn't written to."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o644)
    except OSError as error:
        if os.path.islink(path) or os.path.isdir(path):
            raise Refused(Kind.UNREADABLE_FILE, f"{path.name!r} isn't a file that can be added to.") from error
        raise
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise Refused(Kind.UNREADABLE_FILE, f"{path.name!r} isn't a file that can be added to.")


def _finite(values: dict) -> dict:
    """Plain values that strict JSON can hold: NumPy numbers as Python's, NaN and infinity as None."""
    plain = {key: value.item() if hasattr(value, "item") else value for key, value in values.items()}
    return {key: None if _is_non_finite(value) else value for key, value in plain.items()}


def _is_non_finite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _parse(text: bytes) -> Line | None:
    """A line as an event; None for a torn line, one of other shape, or one from a newer version."""
    try:
        line = reader.validated(reader.parse(text), Written)
        return Line(line.at, reader.validated(line.model_extra, KNOWN[line.event]))
    except (Refused, KeyError):
        return None
