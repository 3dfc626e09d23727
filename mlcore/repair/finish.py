"""From a trained repair (inpainting) network to one in the library: file, small copy, card."""

from pathlib import Path

import keras
import numpy as np

from mlcore.contracts import Emit
from mlcore.events import NoticeGiven
from mlcore.library.card import Card
from mlcore.library.export import write_picture_copy
from mlcore.library.litert import SmallCopy
from mlcore.library.publish import changed_settings, describe, publish, save_network
from mlcore.repair.loop import TrainedMender
from mlcore.repair.network import unet
from mlcore.repair.settings import RepairSettings


def finish(plan: RepairSettings, folder: Path, trained: TrainedMender, emit: Emit) -> Card:
    """Save the network, copy it small, and describe it."""
    save_network(trained.network, folder, "repair network", emit)
    copy = _small_copy(plan, trained.network, folder, trained.dataset.shape)
    if copy.usable:
        emit(NoticeGiven(copy.message))
    card = describe(folder, trained.network, trained, copy, kind="repairer", **_own(plan, trained))
    return publish(card, folder, emit)


def _small_copy(plan: RepairSettings, network: keras.Model, folder: Path, shape: tuple[int, ...]) -> SmallCopy:
    """A copy for pictures of the data set's size, compared on noise."""
    height, width = (side + -side % 4 for side in shape[:2])
    fixed = unet(plan.width, (height, width))
    fixed.set_weights(network.get_weights())
    given = np.random.default_rng(0).integers(0, 256, (4, height, width, 4)).astype("float32")
    return write_picture_copy(network, folder, given, "gives the same pictures", fixed)


def _own(plan: RepairSettings, trained: TrainedMender) -> dict[str, str]:
    """What a repair network's card tells of its own."""
    dataset, changed = trained.dataset, changed_settings(RepairSettings(data=plan.data), plan)
    return {
        "data": plan.data,
        "architecture": "unet",
        "command": f"python -m mlcore train-repair --data {plan.data}{changed}",
        "description": f"Repairs pictures like those of {dataset.title}; learned in "
        f"{trained.progress.step:,} steps on {dataset.splits['train']:,} of them.",
    }
