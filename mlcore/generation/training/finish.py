"""From a trained pair to a generator in the library: the averaged weights, a small copy, a card."""

from pathlib import Path

import keras

from mlcore import durable
from mlcore.contracts import Emit
from mlcore.data import Dataset
from mlcore.events import NoticeGiven
from mlcore.generation.generators import generators
from mlcore.generation.latent import sampling
from mlcore.generation.settings import GanSettings, draft_for
from mlcore.generation.training.gan import Gan
from mlcore.generation.training.loop import TrainedGan
from mlcore.library.card import Card
from mlcore.library.export import write_picture_copy
from mlcore.library.publish import changed_settings, describe, publish, save_network

COMPARED = 32


def finish(plan: GanSettings, folder: Path, trained: TrainedGan, emit: Emit) -> Card:
    """Save what makes pictures, copy it small, and describe it."""
    network = as_levels(trained.gan)
    save_network(network, folder, "generator", emit)
    durable.write_json(folder / "generator.json", {"noise": plan.noise, "conditional": trained.gan.conditional})
    vectors = sampling.latents(network.input_shape[1], COMPARED, plan.seed)
    copy = write_picture_copy(network, folder, vectors, "makes the same pictures")
    if copy.usable:
        emit(NoticeGiven(copy.message))
    card = describe(folder, network, trained, copy, kind="generator", **_own(plan, trained))
    return publish(card, folder, emit)


def _own(plan: GanSettings, trained: TrainedGan) -> dict[str, str]:
    """What a generator's card tells of its own."""
    dataset, title = trained.dataset, generators.get(plan.generator).title
    return {
        "data": plan.data,
        "architecture": plan.generator,
        "command": command(plan, dataset),
        "description": f"{title} generator after {trained.progress.step:,} steps on the "
        f"{dataset.splits['train']:,} training pictures of {dataset.title}.",
    }


def command(plan: GanSettings, dataset: Dataset) -> str:
    """The command that trains this generator again, with every setting that isn't the draft's."""
    changed = changed_settings(draft_for(dataset, plan.generator), plan)
    return f"python -m mlcore train-generator --data {plan.data} --generator {plan.generator}{changed}"


def as_levels(gan: Gan) -> keras.Model:
    """The averaged generator as a network of its own: vectors (N, V) to levels 0..255, float32 (N, H, W, 3)."""
    inner = keras.models.clone_model(gan.averaged)
    inner.set_weights(gan.averaged.get_weights())
    given = keras.Input(inner.input_shape[1:])
    levels = keras.layers.Rescaling(127.5, offset=127.5, name="levels")(inner(given))
    if gan.channels == 1:
        levels = keras.layers.Concatenate(name="grey")([levels, levels, levels])
    return keras.Model(given, levels, name="generator")
