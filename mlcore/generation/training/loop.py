"""A generator's training from its settings and a folder to a trained pair, resumable at any step."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from mlcore import data
from mlcore.backend import device
from mlcore.contracts import Emit, ShouldStop, never, unheard
from mlcore.data import Dataset
from mlcore.events import GanStarted
from mlcore.generation.latent.sampling import draw, fixed_vectors
from mlcore.generation.render.grid import grid
from mlcore.generation.settings import GanSettings, checked, is_grey
from mlcore.generation.training.checks import Checks
from mlcore.generation.training.gan import Gan
from mlcore.training.checkpoint import Progress
from mlcore.training.steps import StepTrainer


@dataclass(frozen=True)
class TrainedGan:
    """What training left."""

    gan: Gan
    progress: Progress
    stopped: bool
    dataset: Dataset


def train(plan: GanSettings, folder: Path, emit: Emit = unheard, should_stop: ShouldStop = never) -> TrainedGan:
    """Train a generator, keeping checkpoints and previews in the folder; goes on from the newest one.

    When a number stops being finite, training goes back to the last checkpoint, halves the rate and doubles the
    smoothing, three times at the most. What goes wrong without a number being lost is told (see `faults`). Raises
    Refused for data that no generator suits, after the third time, and when pictures stay flat.
    """
    dataset = data.open(plan.data, seen=plan.fingerprint)
    checked(dataset.shape)
    run = _Run(plan, dataset, folder, emit, should_stop)
    reason = run.to_the_end()
    return TrainedGan(run.model, run.progress, reason == "stopped", dataset)


class _Run(StepTrainer):
    plan: GanSettings
    model: Gan

    def __init__(self, plan: GanSettings, dataset: Dataset, folder: Path, emit: Emit, should_stop: ShouldStop):
        super().__init__(plan, dataset, folder, emit, should_stop)
        self.shape = dataset.shape
        self.model = Gan(plan, (*dataset.shape[:2], 1 if is_grey(dataset) else 3), len(dataset.classes))
        self.looks = Checks(plan, dataset)

    def announce(self) -> None:
        """Tell how large both networks are, and on what they train."""
        networks = self.model.generator.count_params(), self.model.critic.count_params()
        self.emit(GanStarted(self.progress.total_steps, *networks, device.describe(), keras.backend.backend()))

    def preview(self) -> np.ndarray:
        """The same noise drawn by the averaged generator, as a sheet of pictures."""
        vectors, columns = fixed_vectors(self.plan, len(self.dataset.classes))
        return grid(draw(self.model.averaged, vectors), columns)

    def look(self) -> bool:
        """Say what goes wrong in the pictures of the preview; raises Refused where nothing can come of them."""
        return self.looks.look(self.model, self.progress, self.emit)

    def calm_down(self) -> str:
        """Smooth the critic twice as much; gives words for it, where it is smoothed at all."""
        self.model.gamma.assign(self.model.gamma * 2)
        smoothed = self.plan.gamma and self.plan.regulariser not in ("none", "spectral")
        return f", the critic kept twice as smooth (gamma {float(self.model.gamma.value):.2g})" if smoothed else ""
