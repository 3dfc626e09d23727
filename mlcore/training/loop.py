"""The training loop: from a recipe and a folder to a trained network, resumable at any step.

`fit` runs once per epoch; between the calls the loop validates, reports, saves and decides. Order,
augmentation and schedule depend on the step alone, and a checkpoint holds everything else, so a
resumed run ends in the weights that the uninterrupted one would have had (on a CPU).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras

from mlcore import data
from mlcore.backend import device
from mlcore.backend.cpu_kernels import use_cpu_kernels
from mlcore.backend.distribution import Spread
from mlcore.backend.prefetch import prefetch
from mlcore.errors import Kind, Refused
from mlcore.events import (
    EpochEnded,
    NoticeGiven,
    TrainingEnded,
    TrainingResumed,
    TrainingRolledBack,
    TrainingStarted,
)
from mlcore.recipe import Recipe
from mlcore.training import callbacks, checkpoint, teachers
from mlcore.training.batches import Batches, InOrder
from mlcore.training.checkpoint import Progress
from mlcore.training.distillation import taught
from mlcore.training.network import finished_network, measured, network_to_train, only_looked_at
from mlcore.training.optimizers import loss, optimizer
from mlcore.training.rollback import Saves, Undefined, finite_state
from mlcore.training.snapshots import Diary

EXECUTION_SECONDS = 0.25  # one compiled execution lasts at most this long, so that Stop answers at once
MOST_STEPS_PER_EXECUTION = 16  # more gains nothing: measured 0.98 of a bare loop at 16
BUDGET_SHARE = 0.92  # of a time budget is planned for; a busy moment must not cut the schedule off
EPOCH_SECONDS = 0.1  # what an epoch costs besides its steps: starting `fit` and `evaluate`
MOST_ROLLBACKS = 3  # a loss that stops being a number at an eighth of the learning rate has another cause


@dataclass(frozen=True)
class Trained:
    """What training left: the network, and whether it reached its end or was stopped."""

    model: keras.Model
    progress: Progress
    stopped: bool
    dataset: data.Dataset


def train(
    recipe: Recipe,
    folder: Path,
    emit: Callable = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Trained:
    """Train by a recipe, keeping checkpoints in the folder; goes on from the newest one.

    `emit` receives events, `should_stop` is asked after every few steps. When a loss or a weight stops being a
    finite number, training goes back to the beginning of the epoch and halves the learning rate, three times at the
    most. Raises Refused for a recipe that can't be trained and for a number that is lost a fourth time.
    """
    return _Run(recipe, folder, emit, should_stop).to_the_end()


class _Run:
    def __init__(self, recipe, folder, emit, should_stop):
        self.recipe, self.training, self.emit = recipe, recipe.training, emit
        self.folder, self.saves = folder, Saves(folder / "checkpoints", emit)
        self.dataset = dataset = data.open(recipe.data)
        training_split = dataset.split("train")
        if not len(training_split):
            raise Refused(
                Kind.MISSING_DATA, f"The data set {recipe.data!r} has no training pictures; add it again with some."
            )
        training_split.keep()
        self.shape, self.classes = dataset.shape, len(dataset.classes)
        self.batches = Batches(training_split, self.training)
        self.validation = InOrder(dataset.split("val"))
        self.spread = Spread(self.training.devices)
        self.spread.check(self.batches.size)
        with self.spread.training(), self.spread.building():
            self.model = network_to_train(recipe, dataset)
        self.stop = callbacks.StopOnRequest(should_stop)
        self.deadline = callbacks.StopAtDeadline(self.training.minutes * 60)
        self.progress, self.metrics, self.seconds_per_step = Progress(), {}, 0.0

    def to_the_end(self) -> Trained:
        with self.spread.training(), self._taught():
            self._train()
        model = finished_network(self.model, self.recipe, self.dataset, spread=self.spread.count > 1)
        return Trained(model, self.progress, self.stop.stopped, self.dataset)

    def _train(self) -> None:
        saved = self.saves.newest()
        self.seconds_per_step = self._probe()
        self.progress = saved[1] if saved else self._plan(self.seconds_per_step)
        self._compile(self.progress.total_steps, self.seconds_per_step)
        if saved:
            self._go_on_from(saved[0])
        self._announce(resumed=bool(saved))
        planned = self.seconds_per_step * self.progress.total_steps
        self.diary = Diary(self.folder, self.dataset, self.progress.epochs, planned)
        self.deadline.spend(self.progress.seconds)
        reason = self._epochs()
        if not self.stop.stopped:
            self._keep_the_best()
        done = self.progress
        self.emit(TrainingEnded(reason, len(done.history), round(done.seconds, 2), round(done.cpu_seconds, 2)))

    def _taught(self):
        with self.spread.building():
            return taught(self.model, self.recipe)

    # before the first step

    def _probe(self) -> float:
        """Seconds a step takes, measured on throw-away steps; leaves the network as it was."""
        self._compile(1, None)
        self.model.optimizer.build(self.model.trainable_variables)
        before = checkpoint.capture(self.model)
        pictures, labels = self.batches.at(0)
        with use_cpu_kernels(self.model, shared=self.spread.count > 1):
            self.model.train_on_batch(pictures, labels)
            self.model.reset_metrics()
            started = time.perf_counter()
            for _ in range(3):
                self.model.train_on_batch(pictures, labels)
            seconds = (time.perf_counter() - started) / 3
        checkpoint.restore(self.model, before)
        return seconds

    def _plan(self, seconds_per_step: float) -> Progress:
        steps = self.training.epochs * self.batches.per_epoch
        if self.training.minutes:
            per_epoch = EPOCH_SECONDS + seconds_per_step * (self.batches.per_epoch + self.validation.count / 3)
            affordable = int(self.training.minutes * 60 * BUDGET_SHARE / per_epoch * self.batches.per_epoch)
            steps = max(1, min(steps, affordable))
        return Progress(total_steps=steps, steps_per_epoch=self.batches.per_epoch)

    def _compile(self, steps: int, seconds_per_step: float | None) -> None:
        with self.spread.building():
            self.model.compile(
                optimizer=optimizer(self.training, steps, self.progress.rate_factor, shared=self.spread.count > 1),
                loss=loss(self.training, self.classes),
                metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
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

    def _go_on_from(self, state: dict) -> None:
        self.model.test_on_batch(*self.batches.at(0))  # makes the running metrics, which are restored too
        checkpoint.restore(self.model, state)
        if self.progress.step % self.progress.steps_per_epoch:
            self.saves.resume_epoch(state, self.progress)
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
        if self.training.distillation.teachers:
            self.emit(NoticeGiven(teachers.words(self.training.distillation)))
        if progress.epochs < self.training.epochs:
            self.emit(
                NoticeGiven(
                    f"The time budget of {self.training.minutes:g} minutes allows {progress.total_steps} steps "
                    f"({progress.total_steps / progress.steps_per_epoch:.1f} of {self.training.epochs} epochs) here."
                )
            )

    # epochs

    def _epochs(self) -> str:
        while True:
            try:
                return self._until_the_end()
            except Undefined:
                self._roll_back()

    def _until_the_end(self) -> str:
        watchers = self._watchers()
        if self.progress.step % self.progress.steps_per_epoch == 0:
            self.saves.begin_epoch(finite_state(self.model), self.progress)
        while self.progress.step < self.progress.total_steps:
            if self._no_longer_better():
                return "no-improvement"
            self._epoch(watchers)
            if self.stop.stopped:
                self.saves.inside_epoch(self.model, self.progress)
                return "stopped"
            if self.deadline.reached:
                return "time-is-up"
        return "finished"

    def _watchers(self) -> list:
        return [
            callbacks.Position(self.progress),
            callbacks.RestoreMetrics(self.metrics),
            callbacks.NoticeUndefined(),
            callbacks.Reporter(self.progress, self.batches.size, self.emit),
            callbacks.SaveNowAndThen(self._save_inside),
            self.stop,
            self.deadline,
        ]

    def _save_inside(self, model) -> None:
        """Save in the middle of an epoch; not at its last step, where history doesn't know of the epoch yet."""
        if self.progress.step % self.progress.steps_per_epoch and self.progress.step < self.progress.total_steps:
            self.saves.inside_epoch(model, self.progress)

    def _epoch(self, watchers) -> None:
        progress = self.progress
        epoch, before = progress.epoch, progress.seconds
        start, stop = progress.step, min((progress.epoch + 1) * progress.steps_per_epoch, progress.total_steps)
        watchers[0].expect(start, stop)
        with use_cpu_kernels(self.model, shared=self.spread.count > 1):
            fitted = self.model.fit(
                prefetch(self.batches.at, start, stop, self.shape),
                initial_epoch=epoch,
                epochs=epoch + 1,
                shuffle=False,
                verbose=0,
                callbacks=watchers,
            )
        if self.stop.stopped and progress.step < stop:
            return
        seconds, done = progress.seconds - before, (progress.step - start) * self.batches.size
        self._close_epoch(epoch, fitted.history, seconds, done / max(seconds, 1e-9))

    def _close_epoch(self, epoch: int, history: dict, seconds: float, speed: float) -> None:
        state = finite_state(self.model)
        values = {name: float(values[-1]) for name, values in history.items()}
        with only_looked_at(self.model):
            values |= self._validate()
        self.progress.history.append({"epoch": epoch + 1, **values})
        accuracy = values["accuracy" if values["val_accuracy"] is None else "val_accuracy"]
        self._remember_the_best(epoch, accuracy, state)
        self.saves.end_epoch(state, self.progress, last=self.progress.step >= self.progress.total_steps)
        self.saves.begin_epoch(state, self.progress)
        self.emit(
            EpochEnded(
                epoch=epoch + 1,
                step=self.progress.step,
                **{name: values[name] for name in ("loss", "accuracy", "val_loss", "val_accuracy")},
                learning_rate=callbacks.learning_rate(self.model),
                seconds=round(seconds, 3),
                pictures_per_second=round(speed, 1),
            )
        )
        with only_looked_at(self.model):
            self.diary.epoch_ended(self.model, epoch + 1)

    def _validate(self) -> dict:
        """Loss and accuracy on the validation pictures; without any, those of training count for the best epoch."""
        if not self.validation.count:
            return {"val_loss": None, "val_accuracy": None}
        if self.spread.count > 1:
            batches = (self.validation.at(step) for step in range(self.validation.count))
            found = measured(self.model, batches, loss(self.training, self.classes))
        else:
            batches = prefetch(self.validation.at, 0, self.validation.count, self.shape)
            found = self.model.evaluate(batches, verbose=0, return_dict=True)
        return {f"val_{name}": float(value) for name, value in found.items()}

    # a number that stopped being finite

    def _roll_back(self) -> None:
        """Go back to the beginning of the epoch with half the learning rate."""
        lost = self.progress
        if lost.rollbacks == MOST_ROLLBACKS:
            raise self._given_up()
        state, self.progress = self.saves.epoch_began()
        self.progress.seconds, self.progress.cpu_seconds = lost.seconds, lost.cpu_seconds
        self.progress.rollbacks, self.progress.rate_factor = lost.rollbacks + 1, lost.rate_factor / 2
        self._compile(self.progress.total_steps, self.seconds_per_step)
        checkpoint.restore(self.model, state)
        self.saves.go_back(state, self.progress)
        self.metrics = {}
        epoch, rate = self.progress.epoch + 1, callbacks.learning_rate(self.model)
        words = (
            f"The loss stopped being a number in epoch {epoch}; training went back to the beginning of that epoch "
            f"and goes on with half the learning rate, at most {self._peak():.3g}."
        )
        self.emit(TrainingRolledBack(epoch, self.progress.step, rate, words))

    def _given_up(self) -> Refused:
        return Refused(
            Kind.NON_FINITE_WEIGHTS,
            f"Training broke off: the loss stopped being a number {MOST_ROLLBACKS + 1} times, the last time with a "
            f"learning rate of at most {self._peak():.3g}, though it was halved each time; "
            f"train again with training.learning_rate={self._peak() / 10:.1g}.",
        )

    def _peak(self) -> float:
        return self.training.learning_rate * self.progress.rate_factor

    # early stopping

    def _remember_the_best(self, epoch: int, accuracy: float, state: dict) -> None:
        if self.training.early_stopping and accuracy > self.progress.best_accuracy:
            self.progress.best_accuracy, self.progress.best_epoch = accuracy, epoch + 1
            self.saves.keep_best(state, self.progress)

    def _no_longer_better(self) -> bool:
        patience = self.training.early_stopping
        return bool(patience) and self.progress.epoch - self.progress.best_epoch >= patience

    def _keep_the_best(self) -> None:
        best = self.saves.best() if self.training.early_stopping else None
        if best:
            checkpoint.restore(self.model, best[0])
            self.emit(NoticeGiven(f"Kept the weights of epoch {self.progress.best_epoch}, the best on validation."))
