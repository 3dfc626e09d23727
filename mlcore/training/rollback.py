"""What a run keeps on disk, and what it goes back to when a number stops being finite.

A run goes back to the beginning of the epoch that went wrong. When that is noticed depends on the machine (how many
steps run at once, when a checkpoint was due), but where it leads to doesn't, so resumed runs stay equal to
uninterrupted ones. A checkpoint inside an epoch is therefore accompanied by one of the epoch's beginning.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mlcore.events import CheckpointSaved, NoticeGiven
from mlcore.training import checkpoint
from mlcore.training.checkpoint import Progress

SAVE_SECONDS = 5.0  # at the end of an epoch, when the last checkpoint is at least this old
START = "epoch"  # the name of the checkpoint of an epoch's beginning


class Undefined(Exception):
    """The loss or a weight is no longer a finite number."""


class Saves:
    """The checkpoints of one run; none ever holds a number that isn't finite."""

    def __init__(self, folder: Path, emit: Callable):
        self._folder, self._emit = folder, emit
        self._start, self._start_kept = None, False
        self._step, self._at = -1, -SAVE_SECONDS

    def newest(self) -> tuple[dict, Progress] | None:
        """The newest whole checkpoint, or None; says so when a newer one was damaged."""
        found = checkpoint.load(self._folder, damaged := [])
        if damaged:
            after = f"the one before, of step {found[1].step}" if found else "the beginning"
            self._emit(NoticeGiven(f"The newest checkpoint was damaged; training goes on from {after}."))
        return found

    def begin_epoch(self, state: dict, progress: Progress) -> None:
        """Remember where an epoch began."""
        self._start, self._start_kept = (state, _copy(progress)), False

    def resume_epoch(self, state: dict, progress: Progress) -> None:
        """Find out where a half-finished epoch began; without a record of it, going back leads to where it is now."""
        kept = checkpoint.load(self._folder, name=START)
        same = kept and kept[1].epoch == progress.epoch and kept[1].rollbacks == progress.rollbacks
        self._start, self._start_kept = kept if same else (state, _copy(progress)), bool(same)

    def epoch_began(self) -> tuple[dict, Progress]:
        """The state and progress at the beginning of this epoch."""
        return self._start[0], _copy(self._start[1])

    def end_epoch(self, state: dict, progress: Progress, last: bool) -> None:
        """Save at the end of an epoch, when it is time or the last one."""
        if last or time.monotonic() - self._at > SAVE_SECONDS:
            self._write(state, progress)

    def inside_epoch(self, model, progress: Progress) -> None:
        """Save in the middle of an epoch, unless that was done at this step or a number isn't finite."""
        state = checkpoint.capture(model) if self._step != progress.step else {}
        if not state or not checkpoint.is_finite(state):
            return
        if not self._start_kept:
            checkpoint.save(self._folder, *self._start, START)
            self._start_kept = True
        self._write(state, progress)

    def go_back(self, state: dict, progress: Progress) -> None:
        """Make an earlier state the newest one."""
        checkpoint.save(self._folder, state, progress)
        checkpoint.forget_after(self._folder, progress.step)
        self.begin_epoch(state, progress)
        self._step, self._at = progress.step, time.monotonic()

    def keep_best(self, state: dict, progress: Progress) -> None:
        """Save the best state so far, apart from the others."""
        checkpoint.save(self._folder, state, progress, "best")

    def best(self) -> tuple[dict, Progress] | None:
        """The best state, or None."""
        return checkpoint.load(self._folder, name="best")

    def _write(self, state: dict, progress: Progress) -> None:
        if self._step == progress.step:
            return
        checkpoint.save(self._folder, state, progress)
        self._step, self._at = progress.step, time.monotonic()
        self._emit(CheckpointSaved(progress.epoch, progress.step))


def finite_state(model) -> dict:
    """Everything that training changed; raises Undefined when a number isn't finite."""
    state = checkpoint.capture(model)
    if not checkpoint.is_finite(state):
        raise Undefined
    return state


def _copy(progress: Progress) -> Progress:
    return replace(progress, history=list(progress.history))
