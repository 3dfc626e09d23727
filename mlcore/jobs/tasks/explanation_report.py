"""Compare the methods of explanation with random maps in the background, and keep the report beside the model."""

from pathlib import Path

from mlcore.contracts import Emit, ShouldStop
from mlcore.events import NoticeGiven, StageStarted
from mlcore.jobs.tasks import About, progress, shelf
from mlcore.settings import Settings, choice, number


class ExplanationReportSettings(Settings):
    """Which model, and how thoroughly."""

    model: str = choice("", "Id of the model")
    data: str = choice("", "Data set whose test pictures are explained; empty means the one it was trained on")
    pictures: int = number(100, 2, 10_000, "Pictures to explain")
    slow_pictures: int = number(25, 2, 10_000, "Pictures for methods that take long for one")
    methods: str = choice("", "Methods by name, with commas between; empty means all", expert=True)
    seed: int = number(0, 0, 2**31 - 1, "Number that pictures and random maps are drawn from", expert=True)


REPORTS = About("runs", "report on methods of explanation")


@shelf.add("explanation-report", "Report on explanations", ExplanationReportSettings, about=REPORTS)
def explanation_report(settings: ExplanationReportSettings, folder: Path, emit: Emit, should_stop: ShouldStop) -> None:
    """Compares every method of explanation with random maps on test pictures of a model."""
    from mlcore import data, library
    from mlcore.evaluation.unseen import own_data
    from mlcore.explanation.judge import maps_in_all, report, sample, store

    classifier = library.open_classifier(settings.model)
    dataset = data.open(settings.data) if settings.data else own_data(classifier)
    pictures, source = sample.pictures(classifier, dataset.split("test"), settings.pictures, settings.seed)
    if source["note"]:
        emit(NoticeGiven(source["note"]))
    emit(StageStarted(f"Explaining {len(pictures):,} test pictures"))
    wanted = sample.asked(settings.methods, settings.slow_pictures)
    hear = progress(emit, should_stop, maps_in_all(wanted, len(pictures)))
    report(classifier, pictures, wanted, hear, store.folder(classifier), source, seed=settings.seed)
