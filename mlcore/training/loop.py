"""The training loop: from a recipe and a folder to a trained network, resumable at any step.

`fit` runs once per epoch; between the calls the loop validates, reports, saves and decides. What it shares with
training by steps stands in `trainer`.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from mlcore import data
from mlcore.backend import device
from mlcore.backend.cpu_kernels import use_cpu_kernels
from mlcore.backend.distribution import Spread
from mlcore.backend.prefetch import prefetch
from mlcore.contracts import Emit, ShouldStop, never, unheard
from mlcore.errors import Kind, Refused
from mlcore.events import EpochEnded, Event, NoticeGiven, TrainingResumed, TrainingRolledBack, TrainingStarted
from mlcore.numerals import decimal, span
from mlcore.recipe import Recipe
from mlcore.training import balance, callbacks, checkpoint
from mlcore.training.batches import InOrder, Shuffled
from mlcore.training.checkpoint import Progress, State
from mlcore.training.distillation import taught
from mlcore.training.metrics import metrics
from mlcore.training.network import finished_network, measured, network_to_train, preserving_random_state
from mlcore.training.notices import notices
from mlcore.training.optimizers import loss, optimizer
from mlcore.training.rollback import EpochCheckpoints, finite_state
from mlcore.training.snapshots import Snapshots
from mlcore.training.trainer import MOST_ROLLBACKS, Callbacks, Trainer, affordable

EXECUTION_SECONDS = 0.25  # one compiled execution lasts at most this long, so that Stop answers at once
MOST_STEPS_PER_EXECUTION = 16  # more gains nothing: measured 0.98 of a bare loop at 16
EPOCH_SECONDS = 0.1  # what an epoch costs besides its steps: starting `fit` and `evaluate`


@dataclass(frozen=True)
class Trained:
    """What training left: the network, and whether it reached its end or was stopped."""

    model: keras.Model
    progress: Progress
    stopped: bool
    dataset: data.Dataset


def train(recipe: Recipe, folder: Path, emit: Emit = unheard, should_stop: ShouldStop = never) -> Trained:
    """Train by a recipe, keeping checkpoints in the folder; goes on from the newest one.

    `emit` receives events, `should_stop` is asked after every few steps. When a loss or a weight stops being a
    finite number, training goes back to the beginning of the epoch and halves the learning rate, three times at the
    most. Raises Refused for a recipe that can't be trained and for a number that is lost a fourth time.
    """
    return _Run(recipe, folder, emit, should_stop).trained()


class _Run(Trainer):
    checkpoints: EpochCheckpoints
    batches: Shuffled

    def __init__(self, recipe: Recipe, folder: Path, emit: Emit, should_stop: ShouldStop):
        super().__init__(folder, recipe.training.minutes, emit, should_stop)
        self.recipe, self.training = recipe, recipe.training
        self.checkpoints = EpochCheckpoints(folder / "checkpoints", emit)
        self.dataset = dataset = data.open(recipe.data, seen=recipe.fingerprint)
        data.refuse_one_class(recipe.data, recipe.fingerprint)
        training_split = dataset.split("train")
        if not len(training_split):
            raise Refused(
                Kind.MISSING_DATA,
                f"The data set {recipe.data!r} has no training pictures: label some, or add it with some.",
            )
        training_split.keep()
        self.shape, self.classes = dataset.shape, len(dataset.classes)
        self.batches = Shuffled(training_split, self.training)
        self.shared = self.batches.shared
        self.loss = loss(
            self.training, self.classes, balance.weights(self.training, training_split.labels, self.classes)
        )
        self.validation = InOrder(dataset.split("val"))
        self.spread = Spread(self.training.devices)
        self.spread.check(self.batches.size)
        with self.spread.training(), self.spread.building():
            self.model = network_to_train(recipe, dataset)
        self.metrics: State = {}
        self.seconds_per_step = 0.0

    def trained(self) -> Trained:
        """Train to the end, and take the network out of what it was trained in."""
        with self.spread.training(), self._taught():
            reason = self.to_the_end()
        model = finished_network(self.model, self.recipe, self.dataset, spread=self.spread.count > 1)
        return Trained(model, self.progress, reason == "stopped", self.dataset)

    def _taught(self) -> AbstractContextManager[None]:
        with self.spread.building():
            return taught(self.model, self.recipe)

    # before the first step

    def prepare(self) -> None:
        """Compile for single steps, and time some: their number in one execution follows from that."""
        self._compile(1, None)
        self.seconds_per_step = self._probe()

    def _probe(self) -> float:
        with use_cpu_kernels(self.model, shared=self.spread.count > 1):
            return super()._probe()

    def plan_steps(self) -> Progress:
        """All epochs, or the steps that there is time for."""
        per_epoch = self.batches.per_epoch
        seconds = EPOCH_SECONDS + self.seconds_per_step * (per_epoch + self.validation.count / 3)
        steps = affordable(self.training.epochs * per_epoch, self.training.minutes, seconds, per_epoch)
        return Progress(total_steps=steps, steps_per_epoch=per_epoch)

    def begin(self, state: State | None) -> None:
        """Compile for the steps of the plan, and announce them."""
        self._compile(self.progress.total_steps, self.seconds_per_step)
        if state:
            self._go_on_from(state)
        self._announce(resumed=bool(state))
        planned_seconds = self.seconds_per_step * self.progress.total_steps
        self.snapshots = Snapshots(self.folder, self.dataset, self.progress.epochs, planned_seconds)
        self._note_beginning()
        if self.progress.history and not self.snapshots.has(len(self.progress.history)):
            self._look(len(self.progress.history) - 1)

    def _note_beginning(self) -> None:
        """Remember an epoch's beginning, which is what a lost number leads back to."""
        if self.progress.step % self.progress.steps_per_epoch == 0:
            self.checkpoints.begin_epoch(finite_state(self.model), self.progress)

    def _compile(self, steps: int, seconds_per_step: float | None) -> None:
        with self.spread.building():
            self.model.compile(
                optimizer=optimizer(self.training, steps, self.progress.rate_factor, shared=self.spread.count > 1),
                loss=self.loss,
                metrics=metrics(self.training, self.classes),
                steps_per_execution=self._steps_together(seconds_per_step),
                jit_compile="auto",  # XLA on a GPU only: on a CPU it makes convolutions 2 to 15 times slower
            )
            self.model.optimizer.build(self.model.trainable_variables)

    def _steps_together(self, seconds_per_step: float | None) -> int:
        """Steps in one compiled execution; on several devices TensorFlow can't do more than one."""
        if not seconds_per_step or self.spread.count > 1:
            return 1
        together = int(EXECUTION_SECONDS / max(seconds_per_step, 1e-6))
        return max(1, min(together, MOST_STEPS_PER_EXECUTION, self.batches.per_epoch))

    def _go_on_from(self, state: State) -> None:
        self.model.test_on_batch(*self.batches.at(0))  # makes the running metrics, which are restored too
        checkpoint.restore(self.model, state)
        if self.progress.step % self.progress.steps_per_epoch:
            self.checkpoints.resume_epoch(state, self.progress)
            self.metrics = {name: value for name, value in state.items() if name.startswith("m")}

    def _announce(self, resumed: bool) -> None:
        progress, size = self.progress, self.batches.size
        self.emit(
            TrainingStarted(
                epochs=progress.epochs,
                steps_per_epoch=progress.steps_per_epoch,
                parameters=self.model.count_params(),
                pictures=size * self.batches.per_epoch,
                device=device.describe(),
                backend=keras.backend.backend(),
            )
        )
        if resumed:
            words = f"Going on after step {progress.step} of {progress.total_steps}."
            self.emit(TrainingResumed(progress.epoch + 1, progress.step, words))
        for sentence in notices(self.training, self.dataset):
            self.emit(NoticeGiven(sentence))
        if progress.epochs < self.training.epochs:
            self.emit(
                NoticeGiven(
                    f"The time budget of {span(self.training.minutes)} allows {progress.total_steps} steps "
                    f"({progress.total_steps / progress.steps_per_epoch:.1f} of {self.training.epochs} epochs) here."
                )
            )

    # epochs

    def own_callbacks(self) -> Callbacks:
        """Reports, checkpoints inside long epochs, and the running metrics of a half-finished one."""
        return [
            callbacks.RestoreMetrics(self.metrics),
            callbacks.Reporter(self.progress, self.batches.size, self.emit),
            callbacks.SaveNowAndThen(self._save_inside),
        ]

    def _save_inside(self, model: keras.Model) -> None:
        """Save in the middle of an epoch; not at its last step, where history doesn't know of the epoch yet."""
        if self.progress.step % self.progress.steps_per_epoch and self.progress.step < self.progress.total_steps:
            self.checkpoints.inside_epoch(model, self.progress)

    def reason_to_end(self) -> str:
        """Why no other epoch is to come, or nothing."""
        return super().reason_to_end() or ("no-improvement" if self._no_longer_better() else "")

    def stretch(self, watchers: Callbacks) -> None:
        """Train an epoch, or what is left of it, and close it unless it was stopped on the way."""
        progress = self.progress
        epoch, start, before = progress.epoch, progress.step, progress.seconds
        stop = min((epoch + 1) * progress.steps_per_epoch, progress.total_steps)
        with use_cpu_kernels(self.model, shared=self.spread.count > 1):
            history = self._fit(stop, watchers)
        if self.stop.stopped and progress.step < stop:
            return
        seconds, pictures = progress.seconds - before, (progress.step - start) * self.batches.size
        self._close_epoch(epoch, history, seconds, pictures / max(seconds, 1e-9))

    def _close_epoch(self, epoch: int, history: dict[str, list[float]], seconds: float, speed: float) -> None:
        state = finite_state(self.model)
        figures: dict[str, Any] = {name: float(values[-1]) for name, values in history.items()}
        with preserving_random_state(self.model):
            figures |= self._validate()
        self.progress.history.append({"epoch": epoch + 1, **figures})
        self._tell_epoch(figures, epoch, seconds, speed)  # before it is saved: a kill in between repeats it
        self._remember_the_best(epoch, _accuracy(figures), state)
        self.checkpoints.end_epoch(state, self.progress, last=self.progress.step >= self.progress.total_steps)
        self.checkpoints.begin_epoch(state, self.progress)
        self._look(epoch)

    def _tell_epoch(self, figures: dict[str, Any], epoch: int, seconds: float, speed: float) -> None:
        self.emit(
            EpochEnded(
                epoch=epoch + 1,
                step=min((epoch + 1) * self.progress.steps_per_epoch, self.progress.total_steps),
                **{name: figures[name] for name in ("loss", "accuracy", "val_loss", "val_accuracy")},
                learning_rate=callbacks.learning_rate(self.model),
                seconds=round(seconds, 3),
                pictures_per_second=round(speed, 1),
            )
        )

    def _look(self, epoch: int) -> None:
        with preserving_random_state(self.model):
            self.snapshots.epoch_ended(self.model, epoch + 1)

    def tell_what_is_missing(self, told: Sequence[Event]) -> None:
        """Tell of epochs that are in the history, with mean times, when a crash kept them from the events."""
        heard = {event.epoch for event in told if isinstance(event, EpochEnded)}
        seconds = self.progress.seconds / max(1, len(self.progress.history))
        speed = self.progress.steps_per_epoch * self.batches.size / max(seconds, 1e-9)
        for figures in self.progress.history:
            if figures["epoch"] not in heard:
                self._tell_epoch(figures, figures["epoch"] - 1, seconds, speed)
        super().tell_what_is_missing(told)

    def _validate(self) -> dict[str, float | None]:
        """Loss and accuracy on the validation pictures; without any, those of training count for the best epoch."""
        if not self.validation.count:
            return {"val_loss": None, "val_accuracy": None}
        if self.spread.count > 1:
            batches = (self.validation.at(step) for step in range(self.validation.count))
            figures = measured(self.model, batches, self.loss)
        else:
            batches = prefetch(self.validation.at, 0, self.validation.count, self.shape)
            figures = self.model.evaluate(batches, verbose=0, return_dict=True)
        return {f"val_{name}": float(value) for name, value in figures.items()}

    def epochs_done(self) -> int:
        """Epochs that came to their end; a budget may cut the last one short."""
        return len(self.progress.history)

    def close(self, reason: str) -> None:
        """Save what was stopped; else go back to the best epoch, where that counts."""
        if reason == "stopped":
            self.checkpoints.inside_epoch(self.model, self.progress)
        else:
            self._keep_the_best()

    # a number that stopped being finite

    def rollback_point(self) -> tuple[State, Progress]:
        """The beginning of the epoch."""
        return self.checkpoints.epoch_began()

    def go_on_slower(self, state: State) -> None:
        """Begin the epoch anew with half the learning rate."""
        self.progress.rate_factor /= 2
        self._compile(self.progress.total_steps, self.seconds_per_step)
        checkpoint.restore(self.model, state)
        self.checkpoints.go_back(state, self.progress)
        self.metrics = {}
        epoch, rate = self.progress.epoch + 1, callbacks.learning_rate(self.model)
        words = (
            f"The loss stopped being a number in epoch {epoch}; training went back to the beginning of that epoch "
            f"and goes on with half the learning rate, at most {decimal(self._peak())}."
        )
        self.emit(TrainingRolledBack(epoch, self.progress.step, rate, words))
        self._note_beginning()

    def given_up(self) -> Refused:
        """What to say when going back doesn't help."""
        return Refused(
            Kind.NON_FINITE_WEIGHTS,
            f"Training broke off: the loss stopped being a number {MOST_ROLLBACKS + 1} times, the last time with a "
            f"learning rate of at most {decimal(self._peak())}, though it was halved each time; "
            f"train again with training.learning_rate={decimal(self._peak() / 10, 1)}.",
        )

    def _peak(self) -> float:
        return self.training.learning_rate * self.progress.rate_factor

    # early stopping

    def _remember_the_best(self, epoch: int, accuracy: float, state: State) -> None:
        if self.training.early_stopping and accuracy > self.progress.best_accuracy:
            self.progress.best_accuracy, self.progress.best_epoch = accuracy, epoch + 1
            self.checkpoints.keep_best(state, self.progress)

    def _no_longer_better(self) -> bool:
        patience = self.training.early_stopping
        return bool(patience) and self.progress.epoch - self.progress.best_epoch >= patience

    def _keep_the_best(self) -> None:
        best = self.checkpoints.best() if self.training.early_stopping else None
        if best:
            checkpoint.restore(self.model, best[0])
            self.emit(NoticeGiven(f"Kept the weights of epoch {self.progress.best_epoch}, the best on validation."))


def _accuracy(figures: dict[str, Any]) -> float:
    """What the best epoch is chosen by: of validation where there is some, balanced where classes are evened out."""
    by = "accuracy" if figures["val_accuracy"] is None else "val_accuracy"
    balanced: float = figures.get(by.replace("accuracy", "balanced_accuracy"), figures[by])
    return balanced
