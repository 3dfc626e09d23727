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
import numpy as np

from mlcore import architectures, data
from mlcore.backend import device
from mlcore.backend.feed import feed
from mlcore.errors import Kind, Refused
from mlcore.events import CheckpointSaved, EpochEnded, NoticeGiven, TrainingEnded, TrainingResumed, TrainingStarted
from mlcore.recipe import Recipe
from mlcore.training import callbacks, checkpoint
from mlcore.training.batches import Batches, InOrder
from mlcore.training.checkpoint import Progress
from mlcore.training.optimizers import loss, optimizer

EXECUTION_SECONDS = 0.25  # one compiled execution lasts at most this long, so that Stop answers at once
MOST_STEPS_PER_EXECUTION = 16  # more gains nothing: measured 0.98 of a bare loop at 16
BUDGET_SHARE = 0.92  # of a time budget is planned for; a busy moment must not cut the schedule off
EPOCH_SECONDS = 0.1  # what an epoch costs besides its steps: starting `fit` and `evaluate`
SAVE_SECONDS = 5.0  # at the end of an epoch, when the last checkpoint is at least this old
ADAPT_PICTURES = 2000


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

    `emit` receives events, `should_stop` is asked after every few steps. Raises Refused for a recipe
    that can't be trained and for a loss that stops being a number.
    """
    return _Run(recipe, folder, emit, should_stop).to_the_end()


class _Run:
    def __init__(self, recipe, folder, emit, should_stop):
        self.recipe, self.training, self.folder, self.emit = recipe, recipe.training, folder / "checkpoints", emit
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
        self.model = fresh_network(recipe, dataset)
        self.stop = callbacks.StopOnRequest(should_stop)
        self.deadline = callbacks.StopAtDeadline(self.training.minutes * 60)
        self.progress, self.metrics, self.last_saved, self.saved_at = Progress(), {}, -1, -SAVE_SECONDS

    def to_the_end(self) -> Trained:
        saved = checkpoint.load(self.folder)
        seconds_per_step = self._probe()
        self.progress = saved[1] if saved else self._plan(seconds_per_step)
        self._compile(self.progress.total_steps, seconds_per_step)
        if saved:
            self._go_on_from(saved[0])
        self._announce(resumed=bool(saved))
        self.deadline.spend(self.progress.seconds)
        reason = self._epochs()
        if not self.stop.stopped:
            self._keep_the_best()
        done = self.progress
        self.emit(TrainingEnded(reason, len(done.history), round(done.seconds, 2), round(done.cpu_seconds, 2)))
        return Trained(self.model, done, self.stop.stopped, self.dataset)

    # before the first step

    def _probe(self) -> float:
        """Seconds a step takes, measured on throw-away steps; leaves the network as it was."""
        self._compile(1, None)
        self.model.optimizer.build(self.model.trainable_variables)
        before = checkpoint.capture(self.model)
        pictures, labels = self.batches.at(0)
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
        together = int(EXECUTION_SECONDS / seconds_per_step) if seconds_per_step else 1
        self.model.compile(
            optimizer=optimizer(self.training, steps),
            loss=loss(self.training, self.classes),
            metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
            steps_per_execution=max(1, min(together, MOST_STEPS_PER_EXECUTION, self.batches.per_epoch)),
            jit_compile="auto",
        )
        self.model.optimizer.build(self.model.trainable_variables)

    def _go_on_from(self, state: dict) -> None:
        self.model.test_on_batch(*self.batches.at(0))  # makes the running metrics, which are restored too
        checkpoint.restore(self.model, state)
        if self.progress.step % self.progress.steps_per_epoch:
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
        if progress.epochs < self.training.epochs:
            self.emit(
                NoticeGiven(
                    f"The time budget of {self.training.minutes:g} minutes allows {progress.total_steps} steps "
                    f"({progress.total_steps / progress.steps_per_epoch:.1f} of {self.training.epochs} epochs) here."
                )
            )

    # epochs

    def _epochs(self) -> str:
        watchers = self._watchers()
        while self.progress.step < self.progress.total_steps:
            if self._no_longer_better():
                return "no-improvement"
            self._epoch(watchers)
            if self.stop.stopped:
                self._save()
                return "stopped"
            if self.deadline.reached:
                return "time-is-up"
        return "finished"

    def _watchers(self) -> list:
        return [
            callbacks.Position(self.progress),
            callbacks.RestoreMetrics(self.metrics),
            callbacks.StopOnUndefined(),
            callbacks.Reporter(self.progress, self.batches.size, self.emit),
            callbacks.SaveNowAndThen(self._save),
            self.stop,
            self.deadline,
        ]

    def _epoch(self, watchers) -> None:
        progress = self.progress
        epoch, before = progress.epoch, progress.seconds
        start, stop = progress.step, min((progress.epoch + 1) * progress.steps_per_epoch, progress.total_steps)
        fitted = self.model.fit(
            feed(self.batches.at, start, stop, self.shape),
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
        values = {name: float(values[-1]) for name, values in history.items()}
        values |= self._validate()
        self.progress.history.append({"epoch": epoch + 1, **values})
        self._remember_the_best(epoch, values["accuracy" if values["val_accuracy"] is None else "val_accuracy"])
        if self.progress.step >= self.progress.total_steps or time.monotonic() - self.saved_at > SAVE_SECONDS:
            self._save()
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

    def _validate(self) -> dict:
        """Loss and accuracy on the validation pictures; without any, those of training count for the best epoch."""
        if not self.validation.count:
            return {"val_loss": None, "val_accuracy": None}
        batches = feed(self.validation.at, 0, self.validation.count, self.shape)
        found = self.model.evaluate(batches, verbose=0, return_dict=True)
        return {f"val_{name}": float(value) for name, value in found.items()}

    def _save(self) -> None:
        if self.last_saved == self.progress.step:
            return
        state = checkpoint.capture(self.model)
        if checkpoint.is_finite(state):
            checkpoint.save(self.folder, state, self.progress)
            self.last_saved, self.saved_at = self.progress.step, time.monotonic()
            self.emit(CheckpointSaved(self.progress.epoch, self.progress.step))

    # early stopping

    def _remember_the_best(self, epoch: int, accuracy: float) -> None:
        if self.training.early_stopping and accuracy > self.progress.best_accuracy:
            self.progress.best_accuracy, self.progress.best_epoch = accuracy, epoch + 1
            checkpoint.save(self.folder, checkpoint.capture(self.model), self.progress, "best")

    def _no_longer_better(self) -> bool:
        patience = self.training.early_stopping
        return bool(patience) and self.progress.epoch - self.progress.best_epoch >= patience

    def _keep_the_best(self) -> None:
        best = checkpoint.load(self.folder, "best") if self.training.early_stopping else None
        if best:
            checkpoint.restore(self.model, best[0])
            self.emit(NoticeGiven(f"Kept the weights of epoch {self.progress.best_epoch}, the best on validation."))


def fresh_network(recipe: Recipe, dataset) -> keras.Model:
    """An untrained network for the data, with layers that look at the data first already set."""
    model = architectures.build(
        recipe.architecture, recipe.settings, dataset.shape, len(dataset.classes), recipe.training.seed
    )
    for layer in model.layers:
        if hasattr(layer, "adapt"):
            split = dataset.split("train")
            chosen = np.random.default_rng(recipe.training.seed).permutation(len(split))[:ADAPT_PICTURES]
            layer.adapt(split.read(np.sort(chosen)))
    return model
