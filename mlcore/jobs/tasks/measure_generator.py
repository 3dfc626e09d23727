"""Measure a generator in the background, and keep what was found beside it."""

from mlcore.jobs.tasks import shelf
from mlcore.settings import Settings, choice, number


class MeasureGeneratorSettings(Settings):
    """Which generator, judged by which classifier, on how many pictures."""

    model: str = choice("", "Id of the generator")
    classifier: str = choice("", "Id of a classifier of the same classes; empty means pixels alone")
    n: int = number(2000, 100, 20_000, "Pictures on each side; distances are only comparable at the same number")
    seed: int = number(0, 0, 2**31 - 1, "Number that the choice of pictures comes from", expert=True)


@shelf.add("measure-generator", "Measuring a generator", MeasureGeneratorSettings)
def measure_generator(settings, folder, emit, should_stop):
    """Compares a generator's pictures with real ones it never saw and keeps the figures beside it."""
    from mlcore import data, generation, library
    from mlcore.events import StageStarted
    from mlcore.generation.measure import measure, store

    generator = generation.open(settings.model)
    dataset = data.open(generator.card.data)
    classifier = library.open(settings.classifier) if settings.classifier else None
    emit(StageStarted(f"Comparing {settings.n:,} made pictures with real ones"))
    found = measure(generator, dataset, classifier, settings.n, settings.seed)
    place = folder if generator.card.starter else generator.folder
    store.save(place, found, dataset, settings.model)
