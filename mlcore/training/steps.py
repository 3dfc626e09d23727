"""Training by steps instead of epochs: for networks that have no accuracy to show, only pictures.

`fit` runs from one preview to the next. What comes in which step depends on seed and step alone and a checkpoint
holds everything else, so a resumed run ends in the weights that the uninterrupted one would have had (on a CPU).
"""

import math
import time
from pathlib import Path

import keras
import numpy as np

from mlcore.backend.prefetch import prefetch
from mlcore.errors import Kind, Refused
from mlcore.events import CheckpointSaved, GanStepsDone, NoticeGiven, TrainingEnded
from mlcore.training import checkpoint
from mlcore.training.checkpoint import Progress
from mlcore.training.step_callback import Watch

PREVIEWS = 40  # over a whole run
STEPS_PER_EXECUTION = 4  # about a fifth of a second for the small pair on a CPU, so that Stop answers at once
BUDGET_SHARE = 0.92  # of a time budget is planned for; the rest is for previews and saving
SAVE_SECONDS = 10.0
TRIES = 3


class Steps:
    """A run of `plan.steps` steps in a folder; goes on from the newest checkpoint.

    Who inherits sets `model`, the `shape` of what it is fed and the event that is `told`, and says what a batch is,
    what to announce, what a preview is, and how to calm down. When a number stops being finite, training goes back to
    the last checkpoint, halves the rate and calms the model down, three times at the most.
    """

    model: keras.Model
    shape: tuple[int, int, int]
    told = GanStepsDone

    def __init__(self, plan, folder: Path, emit, should_stop):
        self.plan, self.folder, self.emit, self.should_stop = plan, folder, emit, should_stop
        self.progress, self.saved_at = Progress(), time.monotonic()

    def batches(self, tries: int):
        """What has `.at(step)` with pictures uint8 and int32 numbers; another stream after every try that failed."""
        raise NotImplementedError

    def announce(self) -> None:
        """Tell that training begins."""

    def preview(self) -> None:
        """Keep a picture of how far it is."""

    def look(self) -> bool:
        """Look at what is made; whether something new is known that a killed run should know, too."""
        return False

    def calm_down(self) -> str:
        """Make another lost number less likely, beside the halved rate; gives words for what changed."""
        return ""

    def to_the_end(self) -> str:
        """Train; gives the reason for the end: finished, time-is-up or stopped."""
        saved = checkpoint.load(self.folder / "checkpoints")
        self._compile()
        self.progress = saved[1] if saved else self._plan_steps()
        if saved:
            checkpoint.restore(self.model, saved[0])
        self.announce()
        self._remark(bool(saved))
        reason = self._chunks()
        done = self.progress
        self.emit(TrainingEnded(reason, done.epoch, round(done.seconds, 2), round(done.cpu_seconds, 2)))
        return reason

    # before the first step

    def _compile(self) -> None:
        adam = keras.optimizers.Adam(self.plan.learning_rate, beta_1=self.plan.momentum)
        self.model.compile(optimizer=adam, steps_per_execution=STEPS_PER_EXECUTION, jit_compile="auto")
        self.model.optimizer.build(self.model.trainable_variables)

    def _probe(self) -> float:
        """Seconds a step takes, measured on throw-away steps; leaves the networks as they were."""
        before = checkpoint.capture(self.model)
        batch = self.batches(0).at(0)
        self.model.train_on_batch(*batch)
        started = time.perf_counter()
        for _ in range(3):
            self.model.train_on_batch(*batch)
        seconds = (time.perf_counter() - started) / 3
        checkpoint.restore(self.model, before)
        return seconds

    def _plan_steps(self) -> Progress:
        steps = self.plan.steps
        if self.plan.minutes:
            steps = max(1, min(steps, int(self.plan.minutes * 60 * BUDGET_SHARE / self._probe())))
        return Progress(total_steps=steps, steps_per_epoch=steps)

    def _remark(self, resumed: bool) -> None:
        if resumed:
            words = f"Going on after step {self.progress.step} of {self.progress.total_steps}."
            self.emit(NoticeGiven(words))
        elif self.progress.total_steps < self.plan.steps:
            words = f"The time budget of {self.plan.minutes:g} minutes allows {self.progress.total_steps:,} steps here."
            self.emit(NoticeGiven(words))

    # steps

    def _chunks(self) -> str:
        self._save()
        self._show()
        left = self.plan.minutes * 60 - self.progress.seconds if self.plan.minutes else math.inf
        watch = Watch(self.progress, self.plan.batch_size, self.told, self.emit, self.should_stop, left)
        while self.progress.step < self.progress.total_steps:
            self._chunk(watch)
            if watch.undefined or not self._finite():
                self._go_back(watch)
            elif watch.stopped:
                self._save()
                return "stopped"
            else:
                self._show()
                if watch.late:
                    break
        self._save()
        return "time-is-up" if watch.late else "finished"

    def _show(self) -> None:
        self.preview()
        if self.look():
            self._save()

    def _chunk(self, watch) -> None:
        """Steps up to the next preview."""
        every = max(1, self.progress.total_steps // PREVIEWS)
        start = self.progress.step
        stop = min((start // every + 1) * every, self.progress.total_steps)
        batches = self.batches(self.progress.rollbacks)
        self.model.fit(
            prefetch(batches.at, start, stop, self.shape), epochs=1, verbose=0, shuffle=False, callbacks=[watch]
        )
        if time.monotonic() - self.saved_at > SAVE_SECONDS and not watch.undefined:
            self._save()

    def _finite(self) -> bool:
        return all(np.isfinite(np.asarray(each.value)).all() for each in self.model.trainable_variables)

    def _go_back(self, watch) -> None:
        state, progress = checkpoint.load(self.folder / "checkpoints")
        if self.progress.rollbacks == TRIES:
            raise Refused(
                Kind.NON_FINITE_WEIGHTS,
                f"Training broke off: numbers stopped being finite {TRIES + 1} times, though the learning rate was "
                f"halved each time; train again with a learning rate below {self._rate():.1g}.",
            )
        checkpoint.restore(self.model, state)
        self.progress.step, self.progress.rollbacks = progress.step, self.progress.rollbacks + 1
        self.progress.history = progress.history
        self.model.optimizer.learning_rate.assign(self.plan.learning_rate / 2**self.progress.rollbacks)
        calmer = self.calm_down()
        watch.undefined = False
        self.emit(
            NoticeGiven(
                f"A number stopped being finite; training went back to step {progress.step} and goes on with half the "
                f"learning rate ({self._rate():.2g}){calmer}. That was try {self.progress.rollbacks} of {TRIES}."
            )
        )
        self._save()

    def _rate(self) -> float:
        return float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))

    def _save(self) -> None:
        state = checkpoint.capture(self.model)
        if checkpoint.is_finite(state):
            checkpoint.save(self.folder / "checkpoints", state, self.progress)
            self.saved_at = time.monotonic()
            self.emit(CheckpointSaved(self.progress.epoch, self.progress.step))
