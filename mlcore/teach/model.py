"""From a data set to a model whose answer layer was taught: features, head, network, and on into the library."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mlcore import architectures, backbones, data, durable, library, training
from mlcore.errors import Kind, Refused
from mlcore.events import NoticeGiven, PartsDone, StageStarted
from mlcore.teach import duplicates, features, head, probe
from mlcore.teach.settings import TeachSettings
from mlcore.training.checkpoint import Progress
from mlcore.training.finish import ENOUGH, finish


@dataclass(frozen=True)
class Taught:
    """What `finish` needs of a network."""

    model: object
    dataset: data.Dataset
    progress: Progress = field(default_factory=Progress)
    stopped: bool = False


def make(settings: TeachSettings, folder: Path, emit, should_stop=lambda: False) -> bool:
    """Teach an answer layer and finish the model in a folder; False when it was stopped on the way.

    With too few validation pictures to calibrate on they are learned from as well; test pictures never are.
    """
    started, dataset = time.perf_counter(), data.open(settings.data)
    recipe = _recipe(settings)
    emit(StageStarted("Looking at the pictures"))
    try:
        seen, labels, groups = _pictures(dataset, settings, _report(emit, should_stop))
    except Refused as refusal:
        if refusal.kind != Kind.CANCELLED:
            raise
        return False
    probe.refuse_too_little(dataset.classes, labels, groups)
    emit(StageStarted("Learning"))
    begun = time.perf_counter()
    found = head.fit(seen, labels, groups, settings.seed)
    facts = _facts(settings, found, len(labels), time.perf_counter() - begun)
    durable.write_json(folder / "lesson.json", facts)
    for notice in probe.notices(dataset.classes, labels, groups):
        emit(NoticeGiven(notice.message))
    emit(NoticeGiven(f"Left out in turn, pictures were answered right in {found.accuracy.text()}."))
    network = _network(recipe, dataset, found.head)
    durable.write_json(folder / "recipe.json", recipe.model_dump(mode="json"))
    card = finish(recipe, folder, Taught(network, dataset), emit)
    library.write_card(folder, _described(card, settings, facts, time.perf_counter() - started))
    return True


def fine_tuning(model: str):
    """The recipe that goes on from a taught model: everything learns, with a low rate, from the same data."""
    card = library.card_of(model)
    continued = [f"settings.backbone={model}", "settings.fine_tune=all", "settings.keep_head=true"]
    gentle = ["training.epochs=10", "training.learning_rate=0.0003", "training.batch_size=32"]
    return training.draft(card.data, "transfer", None, continued + gentle)


def _recipe(settings: TeachSettings):
    assignments = [f"settings.backbone={settings.backbone}", f"training.seed={settings.seed}"]
    return training.draft(settings.data, "transfer", None, assignments)


def _pictures(dataset, settings: TeachSettings, report) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features (N, C), labels (N,) and groups of near copies (N,) of the pictures to learn from."""
    split = dataset.split("train")
    if settings.per_class:
        chosen = _some(split.labels, settings.per_class, settings.seed)
        parts = [(split, chosen, features.of_pictures(split, chosen, settings.backbone))]
    else:
        validation = dataset.split("val")
        splits = [split, validation] if len(validation) < ENOUGH else [split]
        parts = [
            (one, np.arange(len(one)), features.of_split(one, settings.backbone, report)) for one in splits if len(one)
        ]
    labels = np.concatenate([one.labels[chosen] for one, chosen, _ in parts])
    groups = np.arange(len(labels))
    if len(labels) <= probe.COMPARED:
        groups = duplicates.groups(np.concatenate([one.read(chosen) for one, chosen, _ in parts]))
    return np.concatenate([seen for _, _, seen in parts]), labels, groups


def _some(labels: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    drawn = [random.permutation(np.flatnonzero(labels == label))[:per_class] for label in np.unique(labels)]
    return np.sort(np.concatenate(drawn))


def _report(emit, should_stop):
    def report(done: int, total: int) -> None:
        emit(PartsDone(done, total))
        if should_stop():
            raise Refused(Kind.CANCELLED, "Stopped on request.")

    return report


def _network(recipe, dataset, taught: head.Head):
    network = architectures.build(recipe.architecture, recipe.settings, dataset.shape, len(dataset.classes))
    network.get_layer("answer").set_weights([taught.weights, taught.bias])
    return network


def _facts(settings: TeachSettings, found: head.Fitted, pictures: int, seconds: float) -> dict:
    return {
        "backbone": settings.backbone,
        "backbone_fingerprint": backbones.fingerprint(settings.backbone),
        "pictures": pictures,
        "strength": found.strength,
        "cross_validated": found.accuracy.to_json(),
        "fit_seconds": round(seconds, 3),
    }


def _described(card, settings: TeachSettings, facts: dict, seconds: float):
    some = f" --per-class {settings.per_class}" if settings.per_class else ""
    built_on = "" if settings.backbone == backbones.DEFAULT else f" --backbone {settings.backbone}"
    return card.model_copy(
        update={
            "seconds": round(seconds, 1),
            "command": f"python -m mlcore teach --data {settings.data}{built_on}{some} --seed {settings.seed}",
            "description": f"Taught with {facts['pictures']:,} pictures, on the filters of "
            f"{backbones.title(settings.backbone)}, which stayed as they are.",
        }
    )
