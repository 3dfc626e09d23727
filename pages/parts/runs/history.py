"""What a run has told so far, read once for all viewers: a file is read on from where the last look ended."""

import threading
from typing import Any

import streamlit as st

from mlcore import jobs, library
from mlcore.events import (
    EpochEnded,
    FaultGone,
    FaultSeen,
    GanStepsDone,
    Line,
    NoticeGiven,
    RepairStepsDone,
    StageStarted,
    StepsDone,
    TrainingRolledBack,
    TrainingStarted,
)

BY_STEPS = (GanStepsDone, RepairStepsDone)  # progress of what is trained by steps instead of epochs


class History:
    """The events of one run; safe to share between sessions."""

    def __init__(self, run_id: str):
        self._id, self._lock = run_id, threading.Lock()
        self._lines: list[Line] = []
        self._offset = 0

    def read(self) -> list:
        """Every event so far, oldest first."""
        with self._lock:
            new, self._offset = jobs.read_events(self._id, self._offset)
            self._lines += new
            return [line.event for line in self._lines]


@st.cache_resource(max_entries=64, show_spinner=False)
def _history(run_id: str, folder: str, created: float) -> History:
    return History(run_id)


def of(run) -> list:
    """The events of a run, oldest first."""
    return _history(run.id, str(library.folder(run.id)), run.created).read()


def epochs(events: list) -> list[EpochEnded]:
    """The finished epochs; when a resumed run repeated one, its last account counts."""
    return sorted({event.epoch: event for event in events if isinstance(event, EpochEnded)}.values(), key=_epoch)


def curve(events: list, field: str) -> tuple[list, list]:
    """Epoch numbers and values of one field of the finished epochs, those that were measured."""
    points = [(event.epoch, getattr(event, field)) for event in epochs(events)]
    measured = [(epoch, value) for epoch, value in points if value is not None]
    return [epoch for epoch, _ in measured], [value for _, value in measured]


def within_epochs(events: list, field: str) -> tuple[list, list]:
    """Progress in epochs, and the values of one field inside epochs and at their ends."""
    started = latest(events, TrainingStarted)
    per_epoch = started.steps_per_epoch if started else 1
    points = {event.step: getattr(event, field) for event in events if isinstance(event, StepsDone | EpochEnded)}
    measured = sorted((step, value) for step, value in points.items() if value is not None)
    return [step / per_epoch for step, _ in measured], [value for _, value in measured]


def latest(events: list, kind: type | tuple[type, ...]) -> Any:
    """The last event of a kind, or of one of several; None when there is none."""
    return next((event for event in reversed(events) if isinstance(event, kind)), None)


def stage(events: list) -> str:
    """What the run is doing, when that isn't an epoch."""
    last = latest(events, (StageStarted, StepsDone, EpochEnded, *BY_STEPS))
    return last.title if isinstance(last, StageStarted) else ""


def remarks(events: list) -> list[str]:
    """What the run noticed on its way."""
    return [event.message for event in events if isinstance(event, NoticeGiven | TrainingRolledBack | FaultGone)]


def faults(events: list) -> list[str]:
    """What goes wrong at present, and what to do about it."""
    newest = {event.kind: event for event in events if isinstance(event, FaultSeen | FaultGone)}
    return [event.message for event in newest.values() if isinstance(event, FaultSeen)]


def _epoch(event) -> int:
    return event.epoch
