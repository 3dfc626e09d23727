"""Measure a generator in the background, and keep the figures beside it."""

from pathlib import Path

from mlcore.contracts import Emit, ShouldStop
from mlcore.data.binding import differs
from mlcore.errors import Kind, Refused
from mlcore.events import StageStarted
from mlcore.jobs.tasks import About, shelf
from mlcore.library.card import Card
from mlcore.settings import Settings, choice, number


class MeasureGeneratorSettings(Settings):
    """Which generator, judged by which classifier, on how many pictures."""

    model: str = choice("", "Id of the generator")
    classifier: str = choice("", "Id of a classifier of the same classes; empty means pixels alone")
    n: int = number(2000, 100, 20_000, "Pictures on each side; distances are only comparable at the same number")
    seed: int = number(0, 0, 2**31 - 1, "Number that the choice of pictures comes from", expert=True)


MEASURES = About("runs", "figures of a generator", resumes=False)


@shelf.add("measure-generator", "Measuring a generator", MeasureGeneratorSettings, about=MEASURES)
def measure_generator(settings: MeasureGeneratorSettings, folder: Path, emit: Emit, should_stop: ShouldStop) -> None:
    """Compares a generator's pictures with real ones it never saw and keeps the figures beside it."""
    from mlcore import data, generation, library
    from mlcore.generation.measure import measure, store

    generator = generation.open(settings.model)
    _refuse_other(generator.card)
    dataset = data.open(generator.card.data, seen=generator.card.fingerprint)
    classifier = library.open_classifier(settings.classifier) if settings.classifier else None
    emit(StageStarted(f"Comparing {settings.n:,} made pictures with real ones"))
    measurement = measure(generator, dataset, classifier, settings.n, settings.seed)
    store.save(folder if generator.card.starter else generator.folder, measurement, dataset, settings.model)


def _refuse_other(card: Card) -> None:
    """Raise Refused(not-compatible) where other data stand under the name of those that a generator learned from."""
    if differs(card.data, card.fingerprint):
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"The data set {card.data!r} isn't the one that {card.title!r} learned from, so they can't be compared; "
            "add the older data again.",
        )
