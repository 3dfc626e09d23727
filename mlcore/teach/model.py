"""From a data set to a model by a linear probe: features, head, network, and on into the library."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from mlcore import architectures, backbones, data, durable, library, training
from mlcore.backbones import Backbone
from mlcore.contracts import Emit, unheard
from mlcore.data import near_copies
from mlcore.evaluation import threshold
from mlcore.events import NoticeGiven, StageStarted
from mlcore.library.card import Card
from mlcore.progress import Progress, part, silent
from mlcore.recipe import Recipe
from mlcore.teach import features, head, probe
from mlcore.teach.settings import TeachSettings
from mlcore.tensors import KerasModel
from mlcore.training import checkpoint
from mlcore.training.finish import finish

Part = tuple[data.Split, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Taught:
    """What `finish` needs of a network."""

    model: KerasModel
    dataset: data.Dataset
    progress: checkpoint.Progress = field(default_factory=checkpoint.Progress)
    stopped: bool = False


def make(
    settings: TeachSettings, dataset: data.Dataset, folder: Path, emit: Emit = unheard, progress: Progress = silent
) -> None:
    """Teach an answer layer on the pictures of a data set and finish the model in a folder.

    Where there are few validation pictures they are learned from as well, and cross-validation tells what the promises
    of the card rest on; test pictures are never learned from. An exception raised by `progress` ends the work.
    """
    started = time.perf_counter()
    backbone = backbones.open(settings.backbone or backbones.fitting(dataset.shape))
    recipe = _recipe(settings, backbone).model_copy(update={"fingerprint": dataset.fingerprint})
    emit(StageStarted("Looking at the pictures"))
    inputs, labels, groups = _pictures(dataset, settings, backbone, progress)
    probe.refuse_too_little(dataset.classes, labels, groups)
    emit(StageStarted("Learning"))
    begun = time.perf_counter()
    fitted = head.fit(inputs, labels, groups, settings.seed)
    facts = _facts(dataset, backbone, fitted, len(labels), time.perf_counter() - begun)
    durable.write_json(folder / "lesson.json", facts)
    for notice in probe.notices(dataset.classes, labels, groups):
        emit(NoticeGiven(notice.message))
    emit(NoticeGiven(f"Left out in turn, pictures were answered right in {fitted.accuracy.text()}."))
    network = _network(recipe, dataset, fitted.head)
    durable.write_json(folder / "recipe.json", recipe.model_dump(mode="json"))
    held_out = fitted.left_out if _learns_validation(dataset, settings) else None
    revise = partial(_described, settings, backbone, facts, started)
    finish(recipe, folder, Taught(network, dataset), emit, revise, held_out, frozen=True)


def fine_tuning(model: str) -> Recipe:
    """The recipe that goes on from a taught model: everything learns, with a low rate, from the same data."""
    card = library.card_of(model)
    continued = [f"settings.backbone={model}", "settings.fine_tune=all", "settings.keep_head=true"]
    gentle = ["training.epochs=10", "training.learning_rate=0.0003", "training.batch_size=32"]
    return training.draft(card.data, "transfer", None, continued + gentle).model_copy(
        update={"fingerprint": card.fingerprint}
    )


def _recipe(settings: TeachSettings, backbone: Backbone) -> Recipe:
    assignments = [f"settings.backbone={backbone.name}", f"training.seed={settings.seed}"]
    return training.draft(settings.data, "transfer", None, assignments)


def _pictures(
    dataset: data.Dataset, settings: TeachSettings, backbone: Backbone, progress: Progress
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features (N, C), labels (N,) and groups of near copies (N,) of the pictures to learn from."""
    parts = list(_parts(dataset, settings, backbone, progress))
    labels = np.concatenate([split.labels[chosen] for split, chosen, _ in parts])
    groups = np.arange(len(labels))
    if len(labels) <= probe.COMPARED:
        groups = near_copies.groups(np.concatenate([split.read(chosen) for split, chosen, _ in parts]))
    return np.concatenate([part for _, _, part in parts]), labels, groups


def _parts(dataset: data.Dataset, settings: TeachSettings, backbone: Backbone, progress: Progress) -> Iterator[Part]:
    """Splits to learn from, each with the indices of its pictures int (n,) and their features (n, C)."""
    train, validation = dataset.split("train"), dataset.split("val")
    if settings.per_class:
        chosen = _some(train.labels, settings.per_class, settings.seed)
        yield train, chosen, features.of_pictures(train, chosen, backbone)
        return
    splits = [
        split for split in ([train, validation] if _learns_validation(dataset, settings) else [train]) if len(split)
    ]
    for number, split in enumerate(splits):
        hear = part(progress, number, len(splits))
        yield split, np.arange(len(split)), features.of_split(split, backbone, hear)


def _learns_validation(dataset: data.Dataset, settings: TeachSettings) -> bool:
    """Whether the validation pictures are learned from: where they are few, and all pictures are."""
    return not settings.per_class and dataset.splits["val"] < threshold.FEWEST


def _some(labels: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    drawn = [random.permutation(np.flatnonzero(labels == label))[:per_class] for label in np.unique(labels)]
    return np.sort(np.concatenate(drawn))


def _network(recipe: Recipe, dataset: data.Dataset, taught: head.Head) -> KerasModel:
    network = architectures.build(recipe.architecture, recipe.settings, dataset.shape, len(dataset.classes))
    network.get_layer("answer").set_weights([taught.weights, taught.bias])
    return network


def _facts(
    dataset: data.Dataset, backbone: Backbone, fitted: head.Fitted, pictures: int, seconds: float
) -> dict[str, Any]:
    return {
        "data": dataset.name,
        "fingerprint": dataset.fingerprint,
        "backbone": backbone.name,
        "backbone_fingerprint": backbone.fingerprint,
        "pictures": pictures,
        "strength": fitted.strength,
        "cross_validated": fitted.accuracy.to_json(),
        "fit_seconds": round(seconds, 3),
    }


def _described(settings: TeachSettings, backbone: Backbone, facts: dict[str, Any], started: float, card: Card) -> Card:
    """The card of a model that was taught; the time on it is that since the start."""
    some = f" --per-class {settings.per_class}" if settings.per_class else ""
    chosen = f"--data {settings.data} --backbone {backbone.name}{some} --seed {settings.seed}"
    return card.model_copy(
        update={
            "seconds": round(time.perf_counter() - started, 1),
            "command": f"python -m mlcore teach {chosen}",
            "description": f"Taught with {facts['pictures']:,} pictures, on the filters of "
            f"{backbone.title}, which stayed as they are.",
        }
    )
