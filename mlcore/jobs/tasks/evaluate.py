"""Measure a model on a split in the background: for splits too large to wait for."""

from pathlib import Path
from typing import Literal

from mlcore.contracts import Emit, ShouldStop
from mlcore.events import NoticeGiven
from mlcore.jobs.tasks import About, progress, shelf
from mlcore.settings import Settings, choice


class EvaluateSettings(Settings):
    """Which model, on which pictures."""

    model: str = choice("", "Id of the model")
    data: str = choice("", "Data set; empty means the one it was trained on")
    split: Literal["test", "val", "train"] = choice("test", "Which of its pictures")


@shelf.add("evaluate", "Evaluation", EvaluateSettings, about=About("runs", "report", resumes=False))
def evaluate(settings: EvaluateSettings, folder: Path, emit: Emit, should_stop: ShouldStop) -> None:
    """Compares a model with the truth of a split and keeps the report beside the model."""
    from mlcore import data, evaluation, library
    from mlcore.evaluation.unseen import fingerprint_of, own_data

    classifier = library.open_classifier(settings.model)
    dataset = data.open(settings.data) if settings.data else own_data(classifier)
    split = dataset.split(settings.split)
    report = evaluation.evaluate(classifier, split, emit, progress(emit, should_stop, len(split)))
    if report.note:
        emit(NoticeGiven(report.note))
    own = dataset.name == classifier.card.data and fingerprint_of(classifier) in ("", dataset.fingerprint)
    name = settings.split if own else f"{settings.split}-{dataset.name}"[:64]
    evaluation.save(folder if classifier.card.starter else classifier.folder, name, report)
