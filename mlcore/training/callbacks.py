"""What watches a run from inside `fit`: one small class per concern. They report; they never draw."""

import math
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from mlcore.contracts import Emit, ShouldStop
from mlcore.events import StepsDone
from mlcore.training.checkpoint import Progress
from mlcore.training.rollback import NonFinite

Logs = dict[str, Any] | None

REPORT_SECONDS = 0.25  # at most four reports a second: more costs time and shows nothing
REPORT_SHARE = 0.001  # of the time spent so far, when that is longer: a day of training must not fill the disk


class Position(keras.callbacks.Callback):
    """Counts finished steps of the whole run and the time spent in them."""

    def __init__(self, progress: Progress):
        super().__init__()
        self.progress, self._first, self._last = progress, 0, 0

    def expect(self, first: int, last: int) -> None:
        """Say which steps `fit` is about to do."""
        self._first, self._last = first, last

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        # `batch` overshoots where the steps per execution don't divide the epoch, and the optimiser doesn't count
        # the steps that mixed precision skips.
        self.progress.step = min(self._first + batch + 1, self._last)
        self.progress.seconds += wall - self._wall
        self.progress.cpu_seconds += cpu - self._cpu
        self._wall, self._cpu = wall, cpu


class Reporter(keras.callbacks.Callback):
    """Tells how far training is, a few times a second, however short an epoch is."""

    def __init__(self, progress: Progress, batch_size: int, emit: Emit):
        super().__init__()
        self._progress, self._batch_size, self._emit = progress, batch_size, emit
        self._last: tuple[float, int] = (0.0, 0)  # where the speed is measured from
        self._reported = 0.0
        self._speed: float | None = None
        self._ended: float | None = None
        self._between = 0.0  # seconds from one epoch to the next: validating, saving, looking

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        now = time.perf_counter()
        self._last = (now, self._progress.step)
        if self._ended is not None:
            self._between = now - self._ended

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self._ended = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        now, step = time.perf_counter(), self._progress.step
        if not self._reported:
            self._last, self._reported = (now, step), now - REPORT_SECONDS  # the first execution compiles: no measure
            return
        if now - self._reported < max(REPORT_SECONDS, REPORT_SHARE * self._progress.seconds):
            return
        speed = (step - self._last[1]) / max(now - self._last[0], 1e-9)
        self._speed = speed if self._speed is None else 0.8 * self._speed + 0.2 * speed
        self._last, self._reported = (now, step), now
        self._emit(self._report(step, self._speed, logs or {}))

    def _report(self, step: int, speed: float, logs: dict[str, Any]) -> StepsDone:
        progress = self._progress
        return StepsDone(
            epoch=(step - 1) // progress.steps_per_epoch + 1,
            step=step,
            steps=progress.total_steps,
            loss=plain(logs.get("loss")),
            accuracy=plain(logs.get("accuracy")),
            learning_rate=learning_rate(self.model),
            pictures_per_second=round(speed * self._batch_size, 1),
            eta_seconds=self._seconds_left(step, speed) if speed else None,
        )

    def _seconds_left(self, step: int, speed: float) -> float:
        """What the steps take that are left, and what comes between the epochs that are left."""
        steps = self._progress.total_steps - step
        return round(steps / speed + self._between * (steps // self._progress.steps_per_epoch), 1)


class StopOnRequest(keras.callbacks.Callback):
    """Ends `fit` after the step in which somebody asked for it."""

    def __init__(self, should_stop: ShouldStop):
        super().__init__()
        self._should_stop, self.stopped = should_stop, False

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        if self._should_stop():
            self.stopped = self.model.stop_training = True


class StopAtDeadline(keras.callbacks.Callback):
    """Ends `fit` when the time budget is used up, whatever the plan was; 0 seconds means never."""

    def __init__(self, seconds: float):
        super().__init__()
        self._budget, self.reached = seconds or math.inf, False
        self._deadline: float | None = None

    def spend(self, seconds: float) -> None:
        """Take off what a resumed run has spent already."""
        self._budget -= seconds

    @property
    def seconds_left(self) -> float:
        """How much of the budget is left; infinite where there is no limit."""
        return self._budget if self._deadline is None else self._deadline - time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = now + self._budget  # counted from here: compiling isn't training
        if now > self._deadline:
            self.reached = self.model.stop_training = True


class NoticeNonFinite(keras.callbacks.Callback):
    """Leaves `fit` when the loss isn't a finite number any more."""

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        value = plain((logs or {}).get("loss"))
        if value is not None and not math.isfinite(value):
            raise NonFinite


class SaveNowAndThen(keras.callbacks.Callback):
    """Saves inside long epochs, so that a kill costs seconds and not the epoch."""

    def __init__(self, save: Callable[[keras.Model], None], seconds: float = 30.0):
        super().__init__()
        self._save, self._seconds, self._last = save, seconds, time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        if time.monotonic() - self._last > self._seconds:
            self._save(self.model)  # asked for here, as Keras then brings the weights that JAX has back to the network
            self._last = time.monotonic()


class RestoreMetrics(keras.callbacks.Callback):
    """Puts the running metrics of a half-finished epoch back, after `fit` has reset them."""

    def __init__(self, values: dict[str, np.ndarray]):
        super().__init__()
        self._values = values

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        for index, variable in enumerate(self.model.metrics_variables):
            if f"m{index:04d}" in self._values:
                variable.assign(self._values[f"m{index:04d}"])
        self._values = {}


def plain(value: Any) -> float | None:
    """A metric as a Python number."""
    return None if value is None else float(value)


def learning_rate(model: keras.Model) -> float:
    """The learning rate of the next step."""
    return float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
