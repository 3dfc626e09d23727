"""What every training run does, whatever its network learns: plan, resume, train in stretches, roll back, end.

What comes in which step depends on seed and step alone, and a checkpoint holds everything else, so a resumed run ends
in the weights that the uninterrupted one would have had (on a CPU).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import keras

from mlcore import events
from mlcore.backend.prefetch import prefetch
from mlcore.contracts import Emit, ShouldStop
from mlcore.data import Dataset
from mlcore.data.binding import moved_on
from mlcore.errors import Kind, Refused
from mlcore.events import CheckpointSaved, Event, NoticeGiven, TrainingEnded
from mlcore.machine import disk
from mlcore.training import checkpoint
from mlcore.training.batches import Batches
from mlcore.training.callbacks import NoticeNonFinite, Position, StopAtDeadline, StopOnRequest
from mlcore.training.checkpoint import Progress, State
from mlcore.training.probe import seconds_per_step
from mlcore.training.rollback import Checkpoints, NonFinite

BUDGET_SHARE = 0.92  # of a time budget is planned for; the rest is for busy moments, saving and looking
COPIES = 5  # of all that changes: two checkpoints, the best, where an epoch began, and one that is being written;
COPIES_LEFT = 2  # those that a resumed run still needs room for
MOST_ROLLBACKS = 3  # a loss that stops being a number at an eighth of the learning rate has another cause

Callbacks = list[keras.callbacks.Callback]


class Trainer(ABC):
    """A run in a folder, which goes on from the newest checkpoint there.

    It trains in stretches, each a `fit` with what follows it. When a number stops being finite, it goes back to
    numbers that were and on with half the learning rate, three times at the most. Who inherits sets what stands
    below, and says in the methods without an underscore what is its own.
    """

    model: keras.Model
    batches: Batches
    dataset: Dataset
    shape: tuple[int, ...]  # of one of the pictures in a batch
    checkpoints: Checkpoints
    shared = 0  # classes that labels are shares of, where pictures are mixed

    def __init__(self, folder: Path, minutes: float, emit: Emit, should_stop: ShouldStop):
        self.folder, self.emit, self.progress = folder, emit, Progress()
        self.stop = StopOnRequest(should_stop)
        self.deadline = StopAtDeadline(minutes * 60)

    def to_the_end(self) -> str:
        """Train; gives the reason for the end: finished, no-improvement, time-is-up or stopped."""
        state, progress = self.checkpoints.newest() or (None, None)
        if progress:
            self._compare_data(progress.fingerprint)
        self.prepare()
        self.progress = progress or self.plan_steps()
        self.progress.fingerprint = self.dataset.fingerprint
        self._tell_version()
        self.deadline.spend(self.progress.seconds)
        self._refuse_lack_of_room(resumed=bool(state))
        self.begin(state)
        if state:
            self._catch_up()
        reason = self._until_the_end()
        self.close(reason)
        seconds, cpu_seconds = round(self.progress.seconds, 2), round(self.progress.cpu_seconds, 2)
        self.emit(TrainingEnded(reason, self.epochs_done(), seconds, cpu_seconds))
        return reason

    def _catch_up(self) -> None:
        """Tell what the checkpoint knows and the events of the run don't; most of the time there is nothing."""
        told = [line.event for line in events.read(self.folder / events.FILE)[0]]
        if told:
            self.tell_what_is_missing(told)

    def tell_what_is_missing(self, told: Sequence[Event]) -> None:
        """Tell what a kill or crash kept from being told, after what was saved; `told` are all events so far."""
        saved = CheckpointSaved(self.progress.epoch, self.progress.step)
        if saved not in told:
            self.emit(saved)

    # what each kind of training says for itself

    @abstractmethod
    def prepare(self) -> None:
        """Compile the network, so that it can be probed."""

    @abstractmethod
    def plan_steps(self) -> Progress:
        """Where a new run stands, and how far it is to go."""

    @abstractmethod
    def begin(self, state: State | None) -> None:
        """Get ready for the next step, from the state of a checkpoint if there is one, and announce it."""

    def own_callbacks(self) -> Callbacks:
        """What else is to happen inside `fit`."""
        return []

    @abstractmethod
    def stretch(self, watchers: Callbacks) -> None:
        """Train a part of what is left, and see to what comes after it; raises NonFinite."""

    def reason_to_end(self) -> str:
        """Why no other stretch is to come, or nothing."""
        if self.stop.stopped:
            return "stopped"
        if self.deadline.reached:
            return "time-is-up"
        return "finished" if self.progress.step >= self.progress.total_steps else ""

    @abstractmethod
    def close(self, reason: str) -> None:
        """Keep what was reached."""

    def epochs_done(self) -> int:
        """Epochs that came to their end."""
        return self.progress.epoch

    @abstractmethod
    def rollback_point(self) -> tuple[State, Progress]:
        """The state and progress to go back to."""

    @abstractmethod
    def go_on_slower(self, state: State) -> None:
        """Go on from a state with half the learning rate, save that, and say so."""

    @abstractmethod
    def given_up(self) -> Refused:
        """What to say when going back doesn't help."""

    # what is the same for all of them

    def _refuse_lack_of_room(self, resumed: bool) -> None:
        """Raise Refused where the disk hasn't room for the checkpoints, before time is spent on what can't be kept."""
        state = sum(value.nbytes for value in checkpoint.capture(self.model).values())
        needed = state * (COPIES_LEFT if resumed else COPIES)
        if words := disk.lack(self.folder, needed, "Training this"):
            raise Refused(Kind.DISK_FULL, f"{words[:-1]}, then resume.")

    def _compare_data(self, began: str) -> None:
        """Refuse to go on with other data than those of the checkpoint; say so where it doesn't tell which."""
        if not began:
            self.emit(
                NoticeGiven("Whether the data are those that this run began with isn't known: it is an older run.")
            )
        elif began != self.dataset.fingerprint:
            raise Refused(
                Kind.NOT_COMPATIBLE,
                f"The data set {self.dataset.name!r} isn't the one that this run began with, so it can't go on; "
                "train anew, or add the older data again.",
            )

    def _tell_version(self) -> None:
        if older := moved_on(self.dataset.name, self.dataset.fingerprint):
            self.emit(NoticeGiven(f"{older} This run goes by the one that it began with."))

    def _probe(self) -> float:
        """Seconds a step takes, measured on throw-away steps; leaves the network as it was."""
        before = checkpoint.capture(self.model)
        seconds = seconds_per_step(self.model, self.batches.at(0))
        checkpoint.restore(self.model, before)
        return seconds

    def _until_the_end(self) -> str:
        while True:
            try:
                return self._stretches()
            except NonFinite:
                self._roll_back()

    def _stretches(self) -> str:
        self._position = Position(self.progress)
        watchers = [self._position, NoticeNonFinite(), *self.own_callbacks(), self.stop, self.deadline]
        while not (reason := self.reason_to_end()):
            self.stretch(watchers)
        return reason

    def _fit(self, stop: int, watchers: Callbacks) -> dict[str, list[float]]:
        """Train up to a step; gives the running means, as Keras names them."""
        start, epoch = self.progress.step, self.progress.epoch
        self._position.expect(start, stop)
        batches = prefetch(self.batches.at, start, stop, self.shape, self.shared)
        epochs = {"initial_epoch": epoch, "epochs": epoch + 1}
        return self.model.fit(batches, shuffle=False, verbose=0, callbacks=watchers, **epochs).history

    def _roll_back(self) -> None:
        """Go back to where all numbers were finite; raises Refused when that was tried three times."""
        last = self.progress
        if last.rollbacks == MOST_ROLLBACKS:
            raise self.given_up()
        state, self.progress = self.rollback_point()
        self.progress.seconds, self.progress.cpu_seconds = last.seconds, last.cpu_seconds
        self.progress.rollbacks = last.rollbacks + 1
        self.go_on_slower(state)


def affordable(steps: int, minutes: float, seconds: float, per: int = 1) -> int:
    """As many of the steps as a budget allows where so many steps take that long, one at least; 0 minutes: all."""
    return max(1, min(steps, int(minutes * 60 * BUDGET_SHARE / seconds * per))) if minutes else steps
