"""From a trained network to a model in the library: measured, calibrated, copied small, described."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import keras
import numpy as np

from mlcore import architectures, evaluation
from mlcore.architectures import outline
from mlcore.backend.compiled import compiled
from mlcore.contracts import Emit
from mlcore.data import Dataset, Split
from mlcore.evaluation import calibration, out_of_distribution
from mlcore.events import NoticeGiven, StageStarted
from mlcore.explanation.toolkit.background import keep_background
from mlcore.intervals import Interval
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier
from mlcore.library.export import write_small_copy
from mlcore.library.publish import Trained, describe, publish, save_network
from mlcore.recipe import Recipe
from mlcore.training.presets import command

ENOUGH = 30  # validation pictures; fewer say nothing about confidence
PRECISION = 0.9  # above the threshold at least this share of validation answers was right
COMPARED = 200  # pictures on which the small copy must agree


class TrainedClassifier(Trained, Protocol):
    """What training a classifier left."""

    @property
    def model(self) -> keras.Model:
        """The network, which gives logits."""


def finish(
    recipe: Recipe,
    folder: Path,
    trained: TrainedClassifier,
    emit: Emit,
    revise: Callable[[Card], Card] = lambda card: card,
    frozen: bool = False,
) -> Card:
    """Save the network, export the small copy, calibrate on validation, measure on test, write the card.

    `revise` may change what the card tells, for a network that comes from elsewhere than a training run; `frozen`
    says that its features didn't learn from these pictures.
    """
    dataset = trained.dataset
    save_network(trained.model, folder, "network", emit)
    outline.save(folder, trained.model)
    emit(StageStarted("Checking the small copy that answers at once"))
    copy = write_small_copy(trained.model, folder, _some_pictures(dataset))
    emit(NoticeGiven(copy.message))
    keep_background(folder, dataset.split("train"), len(dataset.classes))
    card = describe(folder, trained.model, trained, copy, **_own(recipe, dataset))
    card = card.model_copy(update=_calibration(compiled(trained.model), dataset.split("val"), emit))
    card = card.model_copy(update={"accuracy": _measured(Classifier(card, folder), dataset.split("test"), emit)})
    unlike = out_of_distribution.learn(Classifier(card, folder), dataset, frozen, emit)
    return publish(revise(card.model_copy(update={"unlike": unlike})), folder, emit)


def _own(recipe: Recipe, dataset: Dataset) -> dict[str, str]:
    """What a classifier's card tells of its own."""
    title = architectures.shelf.get(recipe.architecture).title
    return {
        "data": recipe.data,
        "architecture": recipe.architecture,
        "command": command(recipe),
        "description": f"{title} trained on {dataset.splits['train']:,} pictures of {dataset.title}.",
    }


def _some_pictures(dataset: Dataset) -> np.ndarray:
    split = dataset.split("test" if dataset.splits["test"] else "train")
    return split.read(np.arange(min(COMPARED, len(split))))


def _calibration(call: Callable[[np.ndarray], np.ndarray], validation: Split, emit: Emit) -> dict[str, float]:
    """Temperature and threshold from the validation pictures; with few, probabilities stay as they are."""
    if len(validation) < ENOUGH:
        emit(NoticeGiven(f"Probabilities aren't calibrated: that takes {ENOUGH} validation pictures or more."))
        return {}
    emit(StageStarted("Calibrating on the validation pictures"))
    logits = np.concatenate([call(validation.read(part)) for part in _parts(len(validation))])
    temperature, threshold = calibration.calibrate(logits, validation.labels, PRECISION)
    return {"temperature": temperature, "threshold": threshold, "threshold_precision": PRECISION}


def _measured(classifier: Classifier, test: Split, emit: Emit) -> Interval | None:
    """Accuracy on the test pictures, the whole report kept beside the model; None with no pictures."""
    if not len(test):
        emit(NoticeGiven("There are no test pictures, so how good the model is isn't known."))
        return None
    emit(StageStarted("Measuring on the test pictures"))
    measured = evaluation.evaluate(classifier, test)
    evaluation.save(classifier.folder, "test", measured)
    return measured.accuracy


def _parts(count: int, size: int = 256) -> list[np.ndarray]:
    return [np.arange(at, min(at + size, count)) for at in range(0, count, size)]
