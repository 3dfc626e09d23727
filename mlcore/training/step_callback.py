"""How far training by steps is, told from inside `fit`."""

import time
from dataclasses import fields
from typing import Any

import keras

from mlcore.contracts import Emit
from mlcore.training.callbacks import Logs, StopAtDeadline
from mlcore.training.checkpoint import Progress

REPORT_SECONDS = 0.5


class StepCallback(keras.callbacks.Callback):
    """Reports twice a second, by events of one kind; what they hold beside position and speed are running means."""

    def __init__(self, progress: Progress, batch_size: int, kind: type[Any], deadline: StopAtDeadline, emit: Emit):
        super().__init__()
        self._progress, self._size, self._kind, self._deadline = progress, batch_size, kind, deadline
        self._emit, self._last = emit, (0.0, 0)

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self._last = (time.perf_counter(), self._progress.step)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        now, step = time.perf_counter(), self._progress.step
        if now - self._last[0] >= REPORT_SECONDS:
            speed = (step - self._last[1]) / (now - self._last[0])
            self._last = (now, step)
            self._emit(self._report(step, speed, logs or {}))

    def _report(self, step: int, speed: float, logs: dict[str, Any]) -> Any:
        steps = self._progress.total_steps
        return self._kind(
            step=step,
            steps=steps,
            **{field.name: float(logs[field.name]) for field in fields(self._kind) if field.name in logs},
            pictures_per_second=round(speed * self._size, 1),
            eta_seconds=round(min((steps - step) / speed, self._deadline.seconds_left), 1) if speed else None,
        )
