"""What happened in a run: frozen facts in the past tense, one JSON line each.

A page reads events and nothing else; the file rebuilds the page a week later.
"""

import json
import math
import os
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path


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


def append(path: Path, event: Event) -> None:
    """Add one event to the file in a single unbuffered write; a line that a kill cut off is closed first."""
    text = json.dumps({"at": round(time.time(), 3), "event": type(event).__name__, **_finite(asdict(event))})
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(handle).st_size
        torn = size and os.pread(handle, 1, size - 1) != b"\n"
        line = (b"\n" if torn else b"") + text.encode() + b"\n"
        if (written := os.write(handle, line)) < len(line):  # a nearly full disk takes a part
            os.write(handle, line[written:])
    finally:
        os.close(handle)


def read(path: Path, offset: int = 0) -> tuple[list[Line], int]:
    """The events after a byte offset and the offset to go on from; an unfinished last line waits."""
    try:
        with open(path, "rb") as file:
            file.seek(offset)
            text = file.read()
    except FileNotFoundError:
        return [], offset
    end = text.rfind(b"\n") + 1
    lines = (_parse(line) for line in text[:end].splitlines())
    return [line for line in lines if line], offset + end


def _finite(values: dict) -> dict:
    """Plain values that strict JSON can hold: NumPy numbers as Python's, NaN and infinity as None."""
    plain = {key: value.item() if hasattr(value, "item") else value for key, value in values.items()}
    return {key: None if _is_non_finite(value) else value for key, value in plain.items()}


def _is_non_finite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _parse(text: bytes) -> Line | None:
    """A line as an event; None for a torn line or one from a newer version."""
    try:
        values = json.loads(text)
        kind = KNOWN[values.pop("event")]
        at = values.pop("at")
        names = {field.name for field in fields(kind)}
        return Line(at, kind(**{key: value for key, value in values.items() if key in names}))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
