"""A repair network's training from its settings and a folder to a network, resumable at any step."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from mlcore import data
from mlcore.contracts import Emit, ShouldStop, never, unheard
from mlcore.data import Dataset
from mlcore.events import RepairStepsDone
from mlcore.generation.render.grid import grid
from mlcore.repair.masks import Damaged, mask_of, with_fill
from mlcore.repair.network import InpaintingModel
from mlcore.repair.repairer import padded
from mlcore.repair.settings import RepairSettings
from mlcore.training.batches import Batches
from mlcore.training.checkpoint import Progress
from mlcore.training.steps import StepTrainer

SHOWN = 8  # pictures of the preview


@dataclass(frozen=True)
class TrainedRepairNetwork:
    """What training left."""

    network: keras.Model
    progress: Progress
    stopped: bool
    dataset: Dataset


def train(
    plan: RepairSettings, folder: Path, emit: Emit = unheard, should_stop: ShouldStop = never
) -> TrainedRepairNetwork:
    """Train a repair network, keeping checkpoints and previews in the folder; goes on from the newest one."""
    dataset = data.open(plan.data, seen=plan.fingerprint)
    run = _Run(plan, dataset, folder, emit, should_stop)
    reason = run.to_the_end()
    return TrainedRepairNetwork(run.model.averaged, run.progress, reason == "stopped", dataset)


class _Run(StepTrainer):
    plan: RepairSettings
    model: InpaintingModel
    report = RepairStepsDone

    def __init__(self, plan: RepairSettings, dataset: Dataset, folder: Path, emit: Emit, should_stop: ShouldStop):
        super().__init__(plan, dataset, folder, emit, should_stop)
        height, width = (side + -side % 4 for side in dataset.shape[:2])
        self.shape = (height, width, 7)
        self.model = InpaintingModel(plan)

    def stream(self) -> Batches:
        """The training pictures, damaged, with their smooth fill."""
        return feed(super().stream(), self.plan)

    def preview(self) -> np.ndarray:
        """Damaged, filled smoothly, mended, and as they were: the same pictures at every step."""
        pictures = self.split.read(np.arange(SHOWN))
        height, width = pictures.shape[1:3]
        masks = [mask_of(number, height, width, self.plan.seed) for number in range(SHOWN)]
        inputs = np.concatenate([with_fill(one[None], mask) for one, mask in zip(pictures, masks, strict=True)])
        change = np.asarray(self.model.averaged(padded(inputs[..., 3:]).astype("float32")))
        change = change[:, :height, :width]
        lost = np.stack(masks)[..., None]
        mended = np.rint(np.clip(inputs[..., 3:6] + lost * change, 0, 255)).astype("uint8")
        damaged = np.where(lost, np.uint8(127), pictures)
        return grid(np.concatenate([damaged, inputs[..., 3:6], mended, pictures]), SHOWN)


def feed(pictures: Batches, plan: RepairSettings) -> Batches:
    """What training is fed with: pictures damaged, with their smooth fill, in sizes that the network wants."""
    return _Padded(Damaged(pictures, plan.seed))


class _Padded:
    """Batches with sides in multiples of 4, as the network wants them."""

    def __init__(self, batches: Batches):
        self._batches = batches

    def at(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """What the batches give at a step, padded."""
        pictures, labels = self._batches.at(step)
        return padded(pictures), labels
