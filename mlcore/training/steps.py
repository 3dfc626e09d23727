"""Training by steps instead of epochs: for networks that have no accuracy to show, only pictures.

`fit` runs from one preview to the next.
"""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np

from mlcore import durable, images
from mlcore.contracts import Emit, ShouldStop
from mlcore.data import Dataset, Split
from mlcore.data.checks import refuse_less_than_a_batch
from mlcore.errors import Kind, Refused
from mlcore.events import Event, GanStepsDone, NoticeGiven, SamplesDrawn
from mlcore.numerals import decimal, span
from mlcore.recipe import Augmentation, Training
from mlcore.training import checkpoint
from mlcore.training.batches import Batches, Shuffled
from mlcore.training.callbacks import learning_rate
from mlcore.training.checkpoint import Progress, State
from mlcore.training.rollback import Checkpoints, NonFinite
from mlcore.training.step_callback import StepCallback
from mlcore.training.trainer import MOST_ROLLBACKS, Callbacks, Trainer, affordable

PREVIEWS = 40  # over a whole run
STEPS_PER_EXECUTION = 4  # about a fifth of a second for the small pair on a CPU, so that Stop answers at once
SAVE_SECONDS = 10.0
RESEED = 7919  # a run that lost its numbers goes on with pictures in another order


class StepPlan(Protocol):
    """The settings that training by steps reads, of whichever network; they are frozen, hence properties."""

    @property
    def steps(self) -> int: ...

    @property
    def minutes(self) -> float: ...

    @property
    def batch_size(self) -> int: ...

    @property
    def learning_rate(self) -> float: ...

    @property
    def momentum(self) -> float: ...

    @property
    def flip(self) -> bool: ...

    @property
    def seed(self) -> int: ...


class StepTrainer(Trainer):
    """A run of `plan.steps` steps, with a picture of how far it is kept forty times on the way.

    It goes back to the last checkpoint. Who inherits sets `model`, the `shape` of what it is fed and `report`, the
    event that tells of steps; it says what to announce, what a preview is, and how to calm down.
    """

    report: type[Any] = GanStepsDone

    def __init__(self, plan: StepPlan, dataset: Dataset, folder: Path, emit: Emit, should_stop: ShouldStop):
        super().__init__(folder, plan.minutes, emit, should_stop)
        self.plan, self.checkpoints = plan, Checkpoints(folder / "checkpoints", emit)
        self.dataset, self.split = dataset, training_split(dataset, plan.batch_size)
        keras.utils.set_random_seed(plan.seed)

    def stream(self) -> Batches:
        """What comes in which step: the training pictures, in another order after each time that the run went back."""
        return stream(self.split, self.plan, self.progress.rollbacks)

    def announce(self) -> None:
        """Tell that training begins."""

    @abstractmethod
    def preview(self) -> np.ndarray:
        """A picture uint8 (h, w, 3) of how far it is."""

    def look(self) -> bool:
        """Look at what is made; whether something new is known that a killed run should know, too."""
        return False

    def calm_down(self) -> str:
        """Make another lost number less likely, beside the halved rate; gives words for what changed."""
        return ""

    # before the first step

    def prepare(self) -> None:
        """Compile the network."""
        adam = keras.optimizers.Adam(self.plan.learning_rate, beta_1=self.plan.momentum)
        self.model.compile(optimizer=adam, steps_per_execution=STEPS_PER_EXECUTION, jit_compile="auto")
        self.model.optimizer.build(self.model.trainable_variables)
        self.batches = self.stream()

    def plan_steps(self) -> Progress:
        """All steps, or those that there is time for."""
        steps, minutes = self.plan.steps, self.plan.minutes
        steps = affordable(steps, minutes, self._probe()) if minutes else steps
        return Progress(total_steps=steps, steps_per_epoch=steps)

    def begin(self, state: State | None) -> None:
        """Announce the run, save where it begins, and keep a first preview."""
        if state:
            checkpoint.restore(self.model, state)
        self.batches = self.stream()
        self.announce()
        self._remark(resumed=bool(state))
        self._save()
        self._show()

    def _remark(self, resumed: bool) -> None:
        progress = self.progress
        if resumed:
            self.emit(NoticeGiven(f"Going on after step {progress.step} of {progress.total_steps}."))
        elif progress.total_steps < self.plan.steps:
            limit = f"The time budget of {span(self.plan.minutes)}"
            self.emit(NoticeGiven(f"{limit} allows {progress.total_steps:,} steps here."))

    # steps

    def own_callbacks(self) -> Callbacks:
        """Reports of the steps."""
        return [StepCallback(self.progress, self.plan.batch_size, self.report, self.deadline, self.emit)]

    def stretch(self, watchers: Callbacks) -> None:
        """Train up to the next preview, and keep it."""
        self._chunk(watchers)
        if not self._finite():
            raise NonFinite
        if not self.stop.stopped:
            self._show()

    def _chunk(self, watchers: Callbacks) -> None:
        every = max(1, self.progress.total_steps // PREVIEWS)
        self._fit(min((self.progress.step // every + 1) * every, self.progress.total_steps), watchers)
        if self.checkpoints.is_due(SAVE_SECONDS):
            self._save()

    def _finite(self) -> bool:
        return all(np.isfinite(np.asarray(each.value)).all() for each in self.model.trainable_variables)

    def _show(self) -> None:
        self._keep_preview()
        if self.look():
            self._save()

    def _keep_preview(self) -> None:
        name = f"previews/{self.progress.step:07d}.png"
        if (self.folder / name).exists() and not self.progress.rollbacks:  # on another way, another picture
            return
        (self.folder / "previews").mkdir(exist_ok=True)
        durable.write_bytes(self.folder / name, images.png(self.preview()))
        self.emit(SamplesDrawn(self.progress.step, name))

    def tell_what_is_missing(self, told: Sequence[Event]) -> None:
        """Tell of previews that were kept when a kill came."""
        heard = {event.file for event in told if isinstance(event, SamplesDrawn)}
        for path in sorted((self.folder / "previews").glob("[0-9]*.png")):
            if (name := f"previews/{path.name}") not in heard:
                self.emit(SamplesDrawn(int(path.stem), name))
        super().tell_what_is_missing(told)

    def _save(self) -> None:
        self.checkpoints.save(self.model, self.progress)

    def close(self, reason: str) -> None:
        """Save the last step."""
        self._save()

    # a number that stopped being finite

    def rollback_point(self) -> tuple[State, Progress]:
        """The last checkpoint."""
        point = self.checkpoints.newest()
        if not point:  # not even the state that it began with was finite
            raise self.given_up()
        return point

    def go_on_slower(self, state: State) -> None:
        """Halve the rate, calm the network down, and go on with other batches."""
        checkpoint.restore(self.model, state)
        tries = self.progress.rollbacks
        self.model.optimizer.learning_rate.assign(self.plan.learning_rate / 2**tries)
        self.batches = self.stream()
        calmer = self.calm_down()
        self.emit(
            NoticeGiven(
                f"A number stopped being finite; training went back to step {self.progress.step} and goes on with half "
                f"the learning rate ({decimal(learning_rate(self.model), 2)}){calmer}. "
                f"That was try {tries} of {MOST_ROLLBACKS}."
            )
        )
        self._save()

    def given_up(self) -> Refused:
        """What to say when going back doesn't help."""
        return Refused(
            Kind.NON_FINITE_WEIGHTS,
            f"Training broke off: numbers stopped being finite {MOST_ROLLBACKS + 1} times, though the learning rate "
            f"was halved each time; train again with a learning rate below {decimal(learning_rate(self.model), 1)}.",
        )


def training_split(dataset: Dataset, batch_size: int) -> Split:
    """The training pictures, kept in memory if they fit; raises Refused for less than a batch, and for clips."""
    refuse_less_than_a_batch(dataset, batch_size)
    split = dataset.split("train")
    split.keep()
    return split


def stream(split: Split, plan: StepPlan, rollbacks: int) -> Shuffled:
    """The pictures of each step, mirrored if the plan says so."""
    flip, seed = Augmentation(flip=plan.flip), plan.seed + RESEED * rollbacks
    return Shuffled(split, Training(batch_size=plan.batch_size, seed=seed, augmentation=flip))
