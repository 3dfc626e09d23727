"""What a run keeps on disk, and what it goes back to when a number stops being finite.

A run of epochs goes back to the beginning of the epoch that went wrong. When that is noticed depends on the machine
(how many steps run at once, when a checkpoint was due), but where it leads to doesn't, so resumed runs stay equal to
uninterrupted ones. A checkpoint inside an epoch is therefore accompanied by one of the epoch's beginning.
"""

import math
import time
from dataclasses import replace
from pathlib import Path

from mlcore.contracts import Emit
from mlcore.events import CheckpointSaved, NoticeGiven
from mlcore.training import checkpoint
from mlcore.training.checkpoint import Network, Progress, State

SAVE_SECONDS = 5.0  # at the end of an epoch, when the last checkpoint is at least this old
START = "epoch"  # the name of the checkpoint of an epoch's beginning


class NonFinite(Exception):
    """The loss or a weight is no longer a finite number."""


class Checkpoints:
    """The checkpoints of one run; none ever holds a number that isn't finite."""

    def __init__(self, folder: Path, emit: Emit):
        self._folder, self._emit = folder, emit
        self._saved_at = -math.inf

    def newest(self) -> tuple[State, Progress] | None:
        """The newest whole checkpoint, or None; says so when a newer one was damaged."""
        damaged_files: list[Path] = []
        newest = checkpoint.load(self._folder, damaged_files)
        if damaged_files:
            after = f"the one before, of step {newest[1].step}" if newest else "the beginning"
            self._emit(NoticeGiven(f"The newest checkpoint was damaged; training goes on from {after}."))
        return newest

    def is_due(self, seconds: float) -> bool:
        """Whether the last one is older than that."""
        return time.monotonic() - self._saved_at > seconds

    def save(self, model: Network, progress: Progress) -> None:
        """Save a network as it is, unless a number in it isn't finite."""
        state = checkpoint.capture(model)
        if checkpoint.is_finite(state):
            self.write(state, progress)

    def write(self, state: State, progress: Progress) -> None:
        """Save a finite state, and tell."""
        checkpoint.save(self._folder, state, progress)
        self._saved_at = time.monotonic()
        self._emit(CheckpointSaved(progress.epoch, progress.step))


class EpochCheckpoints(Checkpoints):
    """Those of a run of epochs, which remembers where the present one began, and the best one."""

    def __init__(self, folder: Path, emit: Emit):
        super().__init__(folder, emit)
        self._start: tuple[State, Progress]  # since the first epoch began, which it does before anything is saved
        self._start_kept, self._step = False, -1

    def begin_epoch(self, state: State, progress: Progress) -> None:
        """Remember where an epoch began."""
        self._start, self._start_kept = (state, _copy(progress)), False

    def resume_epoch(self, state: State, progress: Progress) -> None:
        """Find out where a half-finished epoch began; without a record of it, going back leads to where it is now."""
        start = checkpoint.load(self._folder, name=START)
        if start and start[1].epoch == progress.epoch and start[1].rollbacks == progress.rollbacks:
            self._start, self._start_kept = start, True
        else:
            self.begin_epoch(state, progress)

    def epoch_began(self) -> tuple[State, Progress]:
        """The state and progress at the beginning of this epoch."""
        state, progress = self._start
        return state, _copy(progress)

    def end_epoch(self, state: State, progress: Progress, last: bool) -> None:
        """Save at the end of an epoch, when it is time or the last one."""
        if last or self.is_due(SAVE_SECONDS):
            self.write(state, progress)

    def inside_epoch(self, model: Network, progress: Progress) -> None:
        """Save in the middle of an epoch, unless that was done at this step or a number isn't finite."""
        state = checkpoint.capture(model) if self._step != progress.step else {}
        if not state or not checkpoint.is_finite(state):
            return
        if not self._start_kept:
            checkpoint.save(self._folder, *self._start, START)
            self._start_kept = True
        self.write(state, progress)

    def go_back(self, state: State, progress: Progress) -> None:
        """Make an earlier state the newest one."""
        checkpoint.save(self._folder, state, progress)
        checkpoint.forget_after(self._folder, progress.step)
        self.begin_epoch(state, progress)
        self._step, self._saved_at = progress.step, time.monotonic()

    def keep_best(self, state: State, progress: Progress) -> None:
        """Save the best state so far, apart from the others."""
        checkpoint.save(self._folder, state, progress, "best")

    def best(self) -> tuple[State, Progress] | None:
        """The best state, or None."""
        return checkpoint.load(self._folder, name="best")

    def write(self, state: State, progress: Progress) -> None:
        """Save a finite state, and tell; not twice at the same step."""
        if self._step != progress.step:
            super().write(state, progress)
            self._step = progress.step


def finite_state(model: Network) -> State:
    """Everything that training changed; raises NonFinite when a number isn't finite."""
    state = checkpoint.capture(model)
    if not checkpoint.is_finite(state):
        raise NonFinite
    return state


def _copy(progress: Progress) -> Progress:
    return replace(progress, history=list(progress.history))
