"""A generator's training from its settings and a folder to a trained pair, resumable at any step."""

from dataclasses import dataclass
from pathlib import Path

import keras

from mlcore import data, durable, images
from mlcore.backend import device
from mlcore.errors import Kind, Refused
from mlcore.events import GanStarted, SamplesDrawn
from mlcore.generation.latent.sampling import draw, fixed_vectors
from mlcore.generation.render.grid import grid
from mlcore.generation.settings import GanSettings, checked, is_grey
from mlcore.generation.training.checks import Looks
from mlcore.generation.training.gan import Gan
from mlcore.recipe import Augmentation, Training
from mlcore.training.batches import Batches
from mlcore.training.checkpoint import Progress
from mlcore.training.steps import Steps

RESEED = 7919  # a run that lost its numbers goes on with pictures in another order


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
    smoothing, three times at the most. What goes wrong without a number being lost is told (see `faults`). Raises
    Refused for data that no generator suits, after the third time, and when pictures stay flat.
    """
    run = _Run(plan, folder, emit, should_stop)
    reason = run.to_the_end()
    return TrainedGan(run.model, run.progress, reason == "stopped", run.dataset)


class _Run(Steps):
    def __init__(self, plan, folder, emit, should_stop):
        super().__init__(plan, folder, emit, should_stop)
        self.dataset = dataset = data.open(plan.data)
        checked(dataset.shape)
        self.shape, self.split = dataset.shape, enough(dataset, plan.batch_size)
        keras.utils.set_random_seed(plan.seed)
        self.model = Gan(plan, (*dataset.shape[:2], 1 if is_grey(dataset) else 3), len(dataset.classes))
        self.looks = Looks(plan, dataset)

    def batches(self, tries: int) -> Batches:
        return stream(self.split, self.plan, tries)

    def announce(self) -> None:
        networks = self.model.generator.count_params(), self.model.critic.count_params()
        self.emit(GanStarted(self.progress.total_steps, *networks, device.describe(), keras.backend.backend()))

    def preview(self) -> None:
        """The same noise drawn by the averaged generator, as a sheet of pictures."""
        vectors, columns = fixed_vectors(self.plan, len(self.dataset.classes))
        keep_preview(self, lambda: grid(draw(self.model.averaged, vectors), columns))

    def look(self) -> bool:
        """Say what goes wrong in the pictures of the preview; raises Refused where nothing can come of them."""
        return self.looks.look(self.model, self.progress, self.emit)

    def calm_down(self) -> str:
        self.model.gamma.assign(self.model.gamma * 2)
        smoothed = self.plan.gamma and self.plan.regulariser not in ("none", "spectral")
        return f", the critic kept twice as smooth (gamma {float(self.model.gamma.value):.2g})" if smoothed else ""


def enough(dataset, batch_size: int):
    """The training split, kept in memory if it fits; raises Refused for less than a batch, and for clips."""
    if dataset.is_sequence:
        raise Refused(Kind.NOT_COMPATIBLE, f"The data set {dataset.name!r} holds clips; this works on single pictures.")
    split = dataset.split("train")
    if len(split) < batch_size:
        raise Refused(
            Kind.MISSING_DATA,
            f"The data set {dataset.name!r} has {len(split)} training pictures; training by steps needs at least one "
            f"batch of them, which is {batch_size}.",
        )
    split.keep()
    return split


def stream(split, plan, tries: int) -> Batches:
    """The pictures of each step, mirrored if the plan says so."""
    flip = Augmentation(flip=plan.flip)
    return Batches(split, Training(batch_size=plan.batch_size, seed=plan.seed + RESEED * tries, augmentation=flip))


def keep_preview(run, make) -> None:
    """Write what `make` gives, pixels (h, w, 3), as the preview of the step the run is at, and tell."""
    name = f"previews/{run.progress.step:07d}.png"
    if (run.folder / name).exists() and not run.progress.rollbacks:  # another way to the same step, another picture
        return
    (run.folder / "previews").mkdir(exist_ok=True)
    durable.write_bytes(run.folder / name, images.png(make()))
    run.emit(SamplesDrawn(run.progress.step, name))
