"""A generator's training from its settings and a folder to a trained pair, resumable at any step.

`fit` runs from one preview to the next. The order of pictures depends on seed and step alone and a checkpoint
holds everything else, so a resumed run ends in the weights that the uninterrupted one would have had (on a CPU).
"""

import math
import time
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from mlcore import data, durable, images
from mlcore.backend import device
from mlcore.backend.feed import feed
from mlcore.errors import Kind, Refused
from mlcore.events import CheckpointSaved, GanStarted, NoticeGiven, SamplesDrawn, TrainingEnded
from mlcore.generation.draw import draw, fixed_vectors
from mlcore.generation.gan import Gan
from mlcore.generation.settings import GanSettings, checked, is_grey
from mlcore.generation.sheet import sheet
from mlcore.generation.watch import Watch
from mlcore.recipe import Augmentation, Training
from mlcore.training import checkpoint
from mlcore.training.batches import Batches
from mlcore.training.checkpoint import Progress

PREVIEWS = 40  # over a whole run
STEPS_PER_EXECUTION = 4  # about a fifth of a second for the small pair on a CPU, so that Stop answers at once
BUDGET_SHARE = 0.92  # of a time budget is planned for; the rest is for previews and saving
SAVE_SECONDS = 10.0
TRIES = 3


@dataclass(frozen=True)
class TrainedGan:
    """What training left."""

    gan: Gan
    progress: Progress
    stopped: bool
    dataset: data.Dataset


def train(plan: GanSettings, folder: Path, emit=lambda event: None, should_stop=lambda: False) -> TrainedGan:
    """Train a generator, keeping checkpoints and previews in the folder; goes on from the newest one.

    When a number stops being finite, training goes back to the last checkpoint, halves the rate and doubles the
    smoothing, three times at the most. Raises Refused for data that no generator suits, and after the third time.
    """
    return _Run(plan, folder, emit, should_stop).to_the_end()


class _Run:
    def __init__(self, plan, folder, emit, should_stop):
        self.plan, self.folder, self.emit, self.should_stop = plan, folder, emit, should_stop
        self.dataset = dataset = data.open(plan.data)
        checked(dataset.shape)
        self.split = dataset.split("train")
        if len(self.split) < plan.batch_size:
            raise Refused(
                Kind.MISSING_DATA,
                f"The data set {plan.data!r} has {len(self.split)} training pictures; a generator needs at least one "
                f"batch of them, which is {plan.batch_size}.",
            )
        self.split.keep()
        keras.utils.set_random_seed(plan.seed)
        self.gan = Gan(plan, (*dataset.shape[:2], 1 if is_grey(dataset) else 3), len(dataset.classes))
        self.saved_at = time.monotonic()

    def to_the_end(self) -> TrainedGan:
        saved = checkpoint.load(self.folder / "checkpoints")
        self._compile()
        self.progress = saved[1] if saved else self._plan_steps()
        if saved:
            checkpoint.restore(self.gan, saved[0])
        self._announce(bool(saved))
        reason = self._chunks()
        done = self.progress
        self.emit(TrainingEnded(reason, done.epoch, round(done.seconds, 2), round(done.cpu_seconds, 2)))
        return TrainedGan(self.gan, done, reason == "stopped", self.dataset)

    # before the first step

    def _compile(self) -> None:
        adam = keras.optimizers.Adam(self.plan.learning_rate, beta_1=self.plan.momentum)
        self.gan.compile(optimizer=adam, steps_per_execution=STEPS_PER_EXECUTION, jit_compile="auto")
        self.gan.optimizer.build(self.gan.trainable_variables)

    def _probe(self) -> float:
        """Seconds a step takes, measured on throw-away steps; leaves the networks as they were."""
        before = checkpoint.capture(self.gan)
        batch = self._batches(0).at(0)
        self.gan.train_on_batch(*batch)
        started = time.perf_counter()
        for _ in range(3):
            self.gan.train_on_batch(*batch)
        checkpoint.restore(self.gan, before)
        return (time.perf_counter() - started) / 3

    def _plan_steps(self) -> Progress:
        steps = self.plan.steps
        if self.plan.minutes:
            steps = max(1, min(steps, int(self.plan.minutes * 60 * BUDGET_SHARE / self._probe())))
        return Progress(total_steps=steps, steps_per_epoch=max(1, len(self.split) // self.plan.batch_size))

    def _announce(self, resumed: bool) -> None:
        networks = self.gan.generator.count_params(), self.gan.critic.count_params()
        self.emit(GanStarted(self.progress.total_steps, *networks, device.describe(), keras.backend.backend()))
        if resumed:
            words = f"Going on after step {self.progress.step} of {self.progress.total_steps}."
            self.emit(NoticeGiven(words))
        elif self.progress.total_steps < self.plan.steps:
            words = f"The time budget of {self.plan.minutes:g} minutes allows {self.progress.total_steps:,} steps here."
            self.emit(NoticeGiven(words))

    # steps

    def _chunks(self) -> str:
        self._save()
        self._preview()
        left = self.plan.minutes * 60 - self.progress.seconds if self.plan.minutes else math.inf
        watch = Watch(self.progress, self.plan.batch_size, self.emit, self.should_stop, left)
        while self.progress.step < self.progress.total_steps:
            self._chunk(watch)
            if watch.undefined or not self._finite():
                self._go_back(watch)
            elif watch.stopped:
                self._save()
                return "stopped"
            else:
                self._preview()
                if watch.late:
                    break
        self._save()
        return "finished" if not watch.late else "time-is-up"

    def _chunk(self, watch) -> None:
        """Steps up to the next preview."""
        every = max(1, self.progress.total_steps // PREVIEWS)
        start = self.progress.step
        stop = min((start // every + 1) * every, self.progress.total_steps)
        batches = self._batches(self.progress.rollbacks)
        self.gan.fit(
            feed(batches.at, start, stop, self.dataset.shape), epochs=1, verbose=0, shuffle=False, callbacks=[watch]
        )
        if time.monotonic() - self.saved_at > SAVE_SECONDS and not watch.undefined:
            self._save()

    def _batches(self, tries: int) -> Batches:
        """The stream of pictures; another one after every try that went wrong."""
        plan = self.plan
        settings = Training(
            batch_size=plan.batch_size, seed=plan.seed + 7919 * tries, augmentation=Augmentation(flip=plan.flip)
        )
        return Batches(self.split, settings)

    def _finite(self) -> bool:
        return all(np.isfinite(np.asarray(each.value)).all() for each in self.gan.generator.weights)

    def _go_back(self, watch) -> None:
        state, progress = checkpoint.load(self.folder / "checkpoints")
        if self.progress.rollbacks == TRIES:
            raise Refused(
                Kind.NON_FINITE_WEIGHTS,
                f"Training broke off: numbers stopped being finite {TRIES + 1} times, though the learning rate was "
                f"halved each time; train again with a learning rate below {self._rate():.1g} or the loss 'hinge'.",
            )
        checkpoint.restore(self.gan, state)
        self.progress.step, self.progress.rollbacks = progress.step, self.progress.rollbacks + 1
        self.gan.optimizer.learning_rate.assign(self._rate() / 2)
        self.gan.gamma.assign(self.gan.gamma * 2)
        watch.undefined = False
        self.emit(
            NoticeGiven(
                f"A number stopped being finite; training went back to step {progress.step} and goes on with half the "
                f"learning rate ({self._rate():.2g}) and twice the smoothing."
            )
        )
        self._save()

    def _rate(self) -> float:
        return float(keras.ops.convert_to_numpy(self.gan.optimizer.learning_rate))

    # what is kept

    def _save(self) -> None:
        state = checkpoint.capture(self.gan)
        if checkpoint.is_finite(state):
            checkpoint.save(self.folder / "checkpoints", state, self.progress)
            self.saved_at = time.monotonic()
            self.emit(CheckpointSaved(self.progress.epoch, self.progress.step))

    def _preview(self) -> None:
        """The same noise drawn by the averaged generator, as a sheet of pictures."""
        name = f"previews/{self.progress.step:07d}.png"
        if (self.folder / name).exists():
            return
        vectors, columns = fixed_vectors(self.plan, len(self.dataset.classes))
        pictures = draw(self.gan.averaged, vectors)
        (self.folder / "previews").mkdir(exist_ok=True)
        durable.write_bytes(self.folder / name, images.png(sheet(pictures, columns)))
        self.emit(SamplesDrawn(self.progress.step, name))
