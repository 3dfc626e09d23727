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
from mlcore.evaluation import out_of_distribution, threshold
from mlcore.evaluation.promises import HeldOut, Promises, certainty_from, described, fit_promises
from mlcore.events import NoticeGiven, StageStarted
from mlcore.explanation.toolkit.background import keep_background
from mlcore.library import learned
from mlcore.library.card import Card
from mlcore.library.certainty import Certainty
from mlcore.library.classifier import Classifier
from mlcore.library.export import write_small_copy
from mlcore.library.publish import Trained, describe, publish, save_network
from mlcore.recipe import Recipe
from mlcore.training import checkpoint
from mlcore.training.presets import command

FEW = "Probabilities are calibrated on {} pictures only; from {} on an answer can be called sure."
CLOCK = " A time limit set the number of steps, {:,}, so the command makes a like model and not the same."
COMPARED = 200  # pictures on which the small copy must agree


class TrainedClassifier(Trained, Protocol):
    """What training a classifier left."""

    @property
    def model(self) -> keras.Model:
        """The network, which gives logits."""

    @property
    def progress(self) -> checkpoint.Progress:
        """How far training came."""


def finish(
    recipe: Recipe,
    folder: Path,
    trained: TrainedClassifier,
    emit: Emit,
    revise: Callable[[Card], Card] = lambda card: card,
    held_out: HeldOut | None = None,
    frozen: bool = False,
) -> Card:
    """Save the network, export the small copy, calibrate on validation, measure on test, write the card.

    `revise` may change what the card tells, for a network that comes from elsewhere than a training run; `held_out`
    stands in for the validation pictures where they were learned from; `frozen` says that the network's features
    didn't learn from these pictures.
    """
    dataset = trained.dataset
    save_network(trained.model, folder, "network", emit)
    outline.save(folder, trained.model)
    emit(StageStarted("Checking the small copy that answers at once"))
    copy = write_small_copy(trained.model, folder, _some_pictures(dataset))
    emit(NoticeGiven(copy.message))
    learned.keep(folder, dataset)
    keep_background(folder, dataset.split("train"), len(dataset.classes))
    card = describe(folder, trained.model, trained, copy, **_own(recipe, trained))
    held_out = held_out or _validation(compiled(trained.model), dataset.split("val"))
    promises = _promises(held_out, emit)
    card = described(card, promises)
    report = _measured(Classifier(card, folder), dataset.split("test"), emit)
    certainty = certainty_from(promises, held_out, report.certainty if report else None)
    card = _with_figures(card, report, certainty)
    unlike = out_of_distribution.learn(Classifier(card, folder), dataset, frozen, emit)
    return publish(revise(card.model_copy(update={"unlike": unlike})), folder, emit)


def _with_figures(card: Card, report: evaluation.Evaluation | None, certainty: Certainty | None) -> Card:
    """The card with how good the model is and what its promises are worth."""
    figures = {
        "accuracy": report.accuracy if report else None,
        "certainty": certainty,
        "threshold_precision": certainty.sure if certainty else None,
    }
    return card.model_copy(update=figures)


def _own(recipe: Recipe, trained: TrainedClassifier) -> dict[str, str]:
    """What a classifier's card tells of its own."""
    dataset, title = trained.dataset, architectures.shelf.get(recipe.architecture).title
    clock = CLOCK.format(trained.progress.step) if recipe.training.minutes else ""
    return {
        "data": recipe.data,
        "architecture": recipe.architecture,
        "command": command(recipe),
        "description": f"{title} trained on {dataset.splits['train']:,} pictures of {dataset.title}.{clock}",
    }


def _some_pictures(dataset: Dataset) -> np.ndarray:
    split = dataset.split("test" if dataset.splits["test"] else "train")
    return split.read(np.arange(min(COMPARED, len(split))))


def _validation(call: Callable[[np.ndarray], np.ndarray], validation: Split) -> HeldOut | None:
    """The network's scores of the validation pictures; None without any."""
    if not len(validation):
        return None
    logits = np.concatenate([call(validation.read(part)) for part in _parts(len(validation))])
    return HeldOut(logits, validation.labels, "val")


def _promises(held_out: HeldOut | None, emit: Emit) -> Promises:
    """Temperature, threshold and prediction sets; people hear what so many pictures can't tell."""
    if held_out is None:
        emit(NoticeGiven("There are no validation pictures, so probabilities aren't calibrated and no answer is sure."))
        return Promises()
    emit(StageStarted("Calibrating on pictures that weren't learned from"))
    if len(held_out.labels) < threshold.FEWEST:
        emit(NoticeGiven(FEW.format(len(held_out.labels), threshold.FEWEST)))
    return fit_promises(held_out)


def _measured(classifier: Classifier, test: Split, emit: Emit) -> evaluation.Evaluation | None:
    """The report on the test pictures, kept beside the model; None with no pictures."""
    if not len(test):
        emit(NoticeGiven("There are no test pictures, so how good the model is isn't known."))
        return None
    emit(StageStarted("Measuring on the test pictures"))
    report = evaluation.evaluate(classifier, test)
    evaluation.save(classifier.folder, "test", report)
    return report


def _parts(count: int, size: int = 256) -> list[np.ndarray]:
    return [np.arange(at, min(at + size, count)) for at in range(0, count, size)]
