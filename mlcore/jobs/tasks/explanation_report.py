"""Compare the methods of explanation with random maps in the background, and keep the report beside the model."""

import time

from mlcore.errors import Kind, Refused
from mlcore.events import PartsDone, StageStarted
from mlcore.jobs.tasks import shelf
from mlcore.settings import Settings, choice, number

TELL_SECONDS = 0.5  # between two lines in the history of the run


class ExplanationReportSettings(Settings):
    """Which model, and how thoroughly."""

    model: str = choice("", "Id of the model")
    data: str = choice("", "Data set whose test pictures are explained; empty means the one it was trained on")
    pictures: int = number(100, 2, 10_000, "Pictures to explain")
    slow_pictures: int = number(25, 2, 10_000, "Pictures for methods that take long for one")
    methods: str = choice("", "Methods by name, with commas between; empty means all", expert=True)
    seed: int = number(0, 0, 2**31 - 1, "Number that pictures and random maps are drawn from", expert=True)


@shelf.add("explanation-report", "Report on explanations", ExplanationReportSettings)
def explanation_report(settings, folder, emit, should_stop):
    """Compares every method of explanation with random maps on test pictures of a model."""
    from mlcore import data, library
    from mlcore.explanation.judge import report, sample, store

    classifier = library.open(settings.model)
    split = data.open(settings.data or classifier.card.data).split("test")
    pictures, source = sample.pictures(classifier, split, settings.pictures, settings.seed)
    told_at = 0.0

    def tell(done: int, total: int, text: str) -> None:
        nonlocal told_at
        if should_stop():
            raise Refused(Kind.CANCELLED, "Stopped on request.")
        if time.monotonic() - told_at > TELL_SECONDS:
            emit(PartsDone(done, total))
            told_at = time.monotonic()

    emit(StageStarted(f"Explaining {len(pictures):,} test pictures"))
    wanted = sample.asked(settings.methods, settings.slow_pictures)
    try:
        report(classifier, pictures, wanted, tell, store.folder(classifier), source, seed=settings.seed)
    except Refused as refusal:
        if refusal.kind == Kind.CANCELLED:
            return False
        raise
