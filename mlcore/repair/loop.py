"""A repair network's training from its settings and a folder to a network, resumable at any step."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from mlcore import data
from mlcore.events import RepairStepsDone
from mlcore.generation.render.grid import grid
from mlcore.generation.training.loop import enough, keep_preview, stream
from mlcore.repair.masks import Damaged, mask_of, with_fill
from mlcore.repair.network import InpaintingModel
from mlcore.repair.repairer import padded
from mlcore.repair.settings import RepairSettings
from mlcore.training.checkpoint import Progress
from mlcore.training.steps import Steps

SHOWN = 8  # pictures of the preview


@dataclass(frozen=True)
class TrainedMender:
    """What training left."""

    network: keras.Model
    progress: Progress
    stopped: bool
    dataset: data.Dataset


def train(plan: RepairSettings, folder: Path, emit=lambda event: None, should_stop=lambda: False) -> TrainedMender:
    """Train a repair network, keeping checkpoints and previews in the folder; goes on from the newest one."""
    run = _Run(plan, folder, emit, should_stop)
    reason = run.to_the_end()
    return TrainedMender(run.model.averaged, run.progress, reason == "stopped", run.dataset)


class _Run(Steps):
    told = RepairStepsDone

    def __init__(self, plan, folder, emit, should_stop):
        super().__init__(plan, folder, emit, should_stop)
        self.dataset = dataset = data.open(plan.data)
        self.split = enough(dataset, plan.batch_size)
        height, width = (side + -side % 4 for side in dataset.shape[:2])
        self.shape = (height, width, 7)
        keras.utils.set_random_seed(plan.seed)
        self.model = InpaintingModel(plan)

    def batches(self, tries: int):
        return _Padded(Damaged(stream(self.split, self.plan, tries), self.plan.seed))

    def preview(self) -> None:
        """Damaged, filled smoothly, mended, and as they were: the same pictures at every step."""
        keep_preview(self, self._sheet)

    def _sheet(self) -> np.ndarray:
        pictures = self.split.read(np.arange(SHOWN))
        masks = [mask_of(number, *pictures.shape[1:3], self.plan.seed) for number in range(SHOWN)]
        seen = np.concatenate([with_fill(one[None], mask) for one, mask in zip(pictures, masks, strict=True)])
        change = np.asarray(self.model.averaged(padded(seen[..., 3:]).astype("float32")))
        change = change[:, : seen.shape[1], : seen.shape[2]]
        lost = np.stack(masks)[..., None]
        mended = np.rint(np.clip(seen[..., 3:6] + lost * change, 0, 255)).astype("uint8")
        damaged = np.where(lost, np.uint8(127), pictures)
        return grid(np.concatenate([damaged, seen[..., 3:6], mended, pictures]), SHOWN)


class _Padded:
    """Batches with sides in multiples of 4, as the network wants them."""

    def __init__(self, batches):
        self._batches = batches

    def at(self, step: int):
        """What the batches give at a step, padded."""
        pictures, labels = self._batches.at(step)
        return padded(pictures), labels
