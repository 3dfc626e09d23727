"""Measure a model on a split in the background: for splits too large to wait for."""

from typing import Literal

from mlcore.errors import Kind, Refused
from mlcore.events import PartsDone
from mlcore.jobs.tasks import shelf
from mlcore.settings import Settings, choice


class EvaluateSettings(Settings):
    """Which model, on which pictures."""

    model: str = choice("", "Id of the model")
    data: str = choice("", "Data set; empty means the one it was trained on")
    split: Literal["test", "val", "train"] = choice("test", "Which of its pictures")


@shelf.add("evaluate", "Evaluation", EvaluateSettings)
def evaluate(settings, folder, emit, should_stop):
    """Compares a model with the truth of a split and keeps the report beside the model."""
    from mlcore import data, evaluation, library

    classifier = library.open(settings.model)
    dataset = data.open(settings.data or classifier.card.data)

    def report(done: int, total: int) -> None:
        emit(PartsDone(done, total))
        if should_stop():
            raise Refused(Kind.CANCELLED, "Stopped on request.")

    try:
        found = evaluation.evaluate(classifier, dataset.split(settings.split), emit, report)
    except Refused as refusal:
        if refusal.kind == Kind.CANCELLED:
            return False
        raise
    own = dataset.name == classifier.card.data
    place = folder if classifier.card.starter else classifier.folder
    evaluation.save(place, settings.split if own else f"{settings.split}-{dataset.name}"[:64], found)
