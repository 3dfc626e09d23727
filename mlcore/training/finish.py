"""From a trained network to a model in the library: measured, calibrated, copied small, described."""

import json
import shlex
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from mlcore import architectures, durable, evaluation, library
from mlcore.architectures import outline
from mlcore.backend.compiled import compiled
from mlcore.evaluation import calibration
from mlcore.events import ModelSaved, NoticeGiven, StageStarted
from mlcore.explanation.toolkit.background import keep_background
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier, softmax
from mlcore.library.export import write_small_copy
from mlcore.recipe import Recipe

ENOUGH = 30  # validation pictures; fewer say nothing about confidence
PRECISION = 0.9  # above the threshold at least this share of validation answers was right
COMPARED = 200  # pictures on which the small copy must agree


def finish(recipe: Recipe, folder: Path, trained, emit) -> Card:
    """Save the network, calibrate on validation, measure on test, export the small copy, write the card."""
    dataset = trained.dataset
    emit(StageStarted("Saving the network"))
    durable.write_bytes(folder / "model.keras", _keras_file(trained.model))
    outline.save(folder, trained.model)
    emit(StageStarted("Checking the small copy that answers at once"))
    copy = write_small_copy(trained.model, folder, _some_pictures(dataset))
    emit(NoticeGiven(copy.message))
    keep_background(folder, dataset.split("train"), len(dataset.classes))
    card = _card(recipe, folder, trained, dataset, copy)
    card = card.model_copy(update=_calibration(compiled(trained.model), dataset.split("val"), emit))
    card = card.model_copy(update={"accuracy": _measured(Classifier(card, folder), dataset.split("test"), emit)})
    library.write_card(folder, card)
    emit(_saved(card))
    return card


def _some_pictures(dataset) -> np.ndarray:
    split = dataset.split("test" if dataset.splits["test"] else "train")
    return split.read(np.arange(min(COMPARED, len(split))))


def _calibration(call, validation, emit) -> dict:
    """Temperature and threshold from the validation pictures; with few, probabilities stay as they are."""
    if len(validation) < ENOUGH:
        emit(NoticeGiven(f"Probabilities aren't calibrated: that takes {ENOUGH} validation pictures or more."))
        return {}
    emit(StageStarted("Calibrating on the validation pictures"))
    logits = np.concatenate([call(validation.read(part)) for part in _parts(len(validation))])
    temperature = calibration.fit_temperature(logits, validation.labels)
    probabilities = softmax(logits / temperature)
    right = probabilities.argmax(axis=1) == validation.labels
    threshold = calibration.threshold(probabilities.max(axis=1), right, PRECISION)
    return {"temperature": float(temperature), "threshold": float(threshold), "threshold_precision": PRECISION}


def _measured(classifier: Classifier, test, emit):
    """Accuracy on the test pictures, the whole report kept beside the model; None with no pictures."""
    if not len(test):
        emit(NoticeGiven("There are no test pictures, so how good the model is isn't known."))
        return None
    emit(StageStarted("Measuring on the test pictures"))
    measured = evaluation.evaluate(classifier, test)
    evaluation.save(classifier.folder, "test", measured)
    return measured.accuracy


def _saved(card: Card) -> ModelSaved:
    accuracy = card.accuracy
    return (
        ModelSaved(accuracy.value, accuracy.low, accuracy.high, accuracy.n)
        if accuracy
        else ModelSaved(None, None, None, 0)
    )


def _parts(count: int, size: int = 256):
    return [np.arange(at, min(at + size, count)) for at in range(0, count, size)]


def _card(recipe, folder, trained, dataset, copy) -> Card:
    status = durable.read_json(folder / "status.json") or {}
    entry = architectures.shelf.get(recipe.architecture)
    return Card(
        id=folder.name,
        title=status.get("title") or folder.name,
        data=recipe.data,
        architecture=recipe.architecture,
        classes=dataset.classes,
        shape=dataset.shape,
        parameters=trained.model.count_params(),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(trained.progress.seconds, 1),
        command=command(recipe),
        description=f"{entry.title} trained on {dataset.splits['train']:,} pictures of {dataset.title}.",
        answers_fast=copy.usable,
        fast_difference=copy.difference,
    )


def command(recipe: Recipe) -> str:
    """The command that trains by this recipe again, with every setting that isn't a default of the draft."""
    from mlcore.training import draft

    ordinary = _flat(draft(recipe.data, recipe.architecture).model_dump(mode="json"))
    chosen = _flat(recipe.model_dump(mode="json"))
    changed = [f" --set {shlex.quote(f'{key}={value}')}" for key, value in chosen.items() if ordinary.get(key) != value]
    return f"python -m mlcore train --data {recipe.data} --architecture {recipe.architecture}{''.join(changed)}"


def _flat(values: dict, prefix: str = "") -> dict[str, str]:
    flat = {}
    for key, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return flat


def _keras_file(model) -> bytes:
    """The `.keras` file without optimiser state: a third of the size, and nothing that loading needs."""
    plain = type(model).from_config(model.get_config())
    plain.set_weights(model.get_weights())
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "model.keras"
        plain.save(path)
        return path.read_bytes()
