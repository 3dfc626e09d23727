"""What looks after training by steps from inside `fit`: where it stands, whether to go on, what to tell."""

import math
import time
from dataclasses import fields

import keras

REPORT_SECONDS = 0.5


class Watch(keras.callbacks.Callback):
    """Counts steps and seconds, reports twice a second, and ends `fit` on request, at the deadline, on a NaN.

    What is told is an event of the class `told`, whose fields beside position and speed are running means.
    """

    def __init__(self, progress, batch_size: int, told: type, emit, should_stop, seconds_left: float = math.inf):
        super().__init__()
        self._progress, self._size, self._emit, self._should_stop = progress, batch_size, emit, should_stop
        self._kind = told
        self._left, self._told, self._speed = seconds_left, (0.0, 0), 0.0
        self.stopped = self.late = self.undefined = False

    def on_epoch_begin(self, epoch, logs=None):
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        self._told = (self._wall, self._progress.step)

    def on_train_batch_end(self, batch, logs=None):
        wall, cpu, progress = time.perf_counter(), time.process_time(), self._progress
        progress.step = int(self.model.optimizer.iterations)
        progress.seconds += wall - self._wall
        progress.cpu_seconds += cpu - self._cpu
        self._left -= wall - self._wall
        self._wall, self._cpu = wall, cpu
        self.undefined = not math.isfinite(float((logs or {}).get("loss", 0.0)))
        self.stopped = self._should_stop()
        self.late = self._left <= 0
        self.model.stop_training = self.undefined or self.stopped or self.late
        if wall - self._told[0] >= REPORT_SECONDS and not self.undefined:
            self._tell(wall, logs)

    def _tell(self, now: float, logs: dict) -> None:
        step, steps = self._progress.step, self._progress.total_steps
        self._speed = (step - self._told[1]) / (now - self._told[0])
        self._told = (now, step)
        self._emit(
            self._kind(
                step=step,
                steps=steps,
                **{field.name: float(logs[field.name]) for field in fields(self._kind) if field.name in logs},
                pictures_per_second=round(self._speed * self._size, 1),
                eta_seconds=round(min((steps - step) / self._speed, self._left), 1) if self._speed else None,
            )
        )
