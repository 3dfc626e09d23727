"""From a trained repair network to one in the library: file, small copy, card, and how it compares with the fill."""

from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np

from mlcore import durable, library
from mlcore.events import ModelSaved, NoticeGiven, StageStarted
from mlcore.generation.training.finish import changed_settings, keras_file
from mlcore.library.card import Card
from mlcore.library.export import litert
from mlcore.library.litert import Runner
from mlcore.repair.network import unet
from mlcore.repair.settings import RepairSettings

TOLERANCE = 0.5  # of 255


def finish(plan: RepairSettings, folder: Path, trained, emit) -> Card:
    """Save the network, copy it small, and describe it."""
    emit(StageStarted("Saving the repair network"))
    durable.write_bytes(folder / "model.keras", keras_file(trained.network))
    difference = _write_small_copy(plan, trained.network, folder, trained.dataset.shape)
    if difference is not None:
        emit(NoticeGiven(f"The small copy gives the same pictures (difference {difference:.1g} of 255)."))
    status, usual = durable.read_json(folder / "status.json") or {}, RepairSettings(data=plan.data)
    card = Card(
        id=folder.name,
        title=status.get("title") or folder.name,
        kind="repairer",
        data=plan.data,
        architecture="unet",
        classes=trained.dataset.classes,
        shape=trained.dataset.shape,
        parameters=trained.network.count_params(),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(trained.progress.seconds, 1),
        command=f"python -m mlcore train-repair --data {plan.data}{changed_settings(usual, plan)}",
        description=f"Repairs pictures like those of {trained.dataset.title}; learned in "
        f"{trained.progress.step:,} steps on {trained.dataset.splits['train']:,} of them.",
        answers_fast=difference is not None,
        fast_difference=difference,
    )
    library.write_card(folder, card)
    emit(ModelSaved(None, None, None, 0))
    return card


def _write_small_copy(plan, network, folder: Path, shape) -> float | None:
    """Write `model.tflite` and compare what it adds to noise; None where it differs or can't be made."""
    if keras.backend.backend() != "tensorflow":
        return None
    path = folder / "model.tflite"
    size = tuple(side + -side % 4 for side in shape[:2])
    fixed = unet(plan.width, size)  # of an open size, convolutions would need a larger interpreter
    fixed.set_weights(network.get_weights())
    durable.write_bytes(path, litert(fixed))
    seen = np.random.default_rng(0).integers(0, 256, (4, *size, 4)).astype("float32")
    difference = float(np.abs(Runner(path, size=size).features(seen) - np.asarray(network(seen))).max())
    if difference <= TOLERANCE:
        return difference
    path.unlink()
    return None
