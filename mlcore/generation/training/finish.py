"""From a trained pair to a generator in the library: the averaged weights, a small copy, a card."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np

from mlcore import durable, library
from mlcore.data import Dataset
from mlcore.events import ModelSaved, NoticeGiven, StageStarted
from mlcore.generation.generators import generators
from mlcore.generation.latent import sampling
from mlcore.generation.settings import GanSettings, draft_for
from mlcore.library.card import Card
from mlcore.library.export import litert
from mlcore.library.litert import Runner

TOLERANCE = 0.5  # largest difference in a pixel, in steps of 255: none after rounding, but for a tie
COMPARED = 32


def finish(plan, folder: Path, trained, emit) -> Card:
    """Save what makes pictures, copy it small, and describe it."""
    emit(StageStarted("Saving the generator"))
    network = as_levels(trained.gan)
    durable.write_bytes(folder / "model.keras", keras_file(network))
    conditional = trained.gan.conditional
    durable.write_json(folder / "generator.json", {"noise": plan.noise, "conditional": conditional})
    difference = _write_small_copy(network, folder, plan.seed)
    if difference is not None:
        emit(NoticeGiven(f"The small copy makes the same pictures (difference {difference:.1g} of 255)."))
    card = _card(plan, folder, trained, network, difference)
    library.write_card(folder, card)
    emit(ModelSaved(None, None, None, 0))
    return card


def as_levels(gan) -> keras.Model:
    """The averaged generator as a network of its own: vectors (N, V) to levels 0..255, float32 (N, H, W, 3)."""
    inner = keras.models.clone_model(gan.averaged)
    inner.set_weights(gan.averaged.get_weights())
    given = keras.Input(inner.input_shape[1:])
    made = keras.layers.Rescaling(127.5, offset=127.5, name="levels")(inner(given))
    if gan.channels == 1:
        made = keras.layers.Concatenate(name="grey")([made, made, made])
    return keras.Model(given, made, name="generator")


def keras_file(network) -> bytes:
    """The `.keras` file of a network."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "model.keras"
        network.save(path)
        return path.read_bytes()


def _write_small_copy(network, folder: Path, seed: int) -> float | None:
    """Write `model.tflite` and compare its pictures; None where it differs or can't be made."""
    if keras.backend.backend() != "tensorflow":
        return None
    path = folder / "model.tflite"
    durable.write_bytes(path, litert(network))
    given = sampling.latents(network.input_shape[1], COMPARED, seed)
    difference = float(np.abs(Runner(path).features(given) - np.asarray(network(given, training=False))).max())
    if difference <= TOLERANCE:
        return difference
    path.unlink()
    return None


def _card(plan, folder, trained, network, difference) -> Card:
    dataset, status = trained.dataset, durable.read_json(folder / "status.json") or {}
    title = generators.get(plan.generator).title
    return Card(
        id=folder.name,
        title=status.get("title") or folder.name,
        kind="generator",
        data=plan.data,
        architecture=plan.generator,
        classes=dataset.classes,
        shape=dataset.shape,
        parameters=network.count_params(),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(trained.progress.seconds, 1),
        command=command(plan, dataset),
        description=f"{title} generator after {trained.progress.step:,} steps on the "
        f"{dataset.splits['train']:,} training pictures of {dataset.title}.",
        answers_fast=difference is not None,
        fast_difference=difference,
    )


def command(plan: GanSettings, dataset: Dataset) -> str:
    """The command that trains this generator again, with every setting that isn't the draft's."""
    changed = changed_settings(draft_for(dataset, plan.generator), plan)
    return f"python -m mlcore train-generator --data {plan.data} --generator {plan.generator}{changed}"


def changed_settings(usual, plan) -> str:
    """The `--set` options that make a plan of the usual one."""
    before, now = usual.model_dump(mode="json"), plan.model_dump(mode="json")
    changed = {name: value for name, value in now.items() if before[name] != value}
    return "".join(f" --set {name}={_text(value)}" for name, value in changed.items())


def _text(value) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
