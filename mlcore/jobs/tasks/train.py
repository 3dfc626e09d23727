"""Train a classifier in the background and put it into the library."""

from pathlib import Path

from mlcore.contracts import Emit, ShouldStop
from mlcore.errors import Kind, Refused
from mlcore.events import StageStarted
from mlcore.jobs.tasks import About, shelf, stopped
from mlcore.recipe import Recipe


def check(recipe: Recipe) -> None:
    """Raise Refused for pictures that the architecture can't take, and for data without training pictures."""
    from mlcore import architectures, data
    from mlcore.settings import read

    about, entry = data.summary(recipe.data, recipe.fingerprint), architectures.shelf.get(recipe.architecture)
    if about is None:
        return  # the worker says so
    architectures.refuse_unfit(entry, about.shape, read(entry.settings, recipe.settings))
    if about.stored and not about.splits["train"]:
        raise Refused(
            Kind.MISSING_DATA,
            f"The data set {recipe.data!r} has no training pictures: label some, or add it with some.",
        )


@shelf.add("train", "Training", Recipe, about=About("train", "classifier"), check=check)
def train(recipe: Recipe, folder: Path, emit: Emit, should_stop: ShouldStop) -> None:
    """Trains a network by a recipe, measures it, and puts the model into the library."""
    from mlcore import architectures, data, training
    from mlcore.jobs import engine, loggers
    from mlcore.jobs.status import status_of

    data.open(recipe.data, seen=recipe.fingerprint)  # refused here, a missing data set doesn't wait for the engine
    emit(StageStarted("Loading the training engine"))
    engine.load()
    logged = loggers.logged(emit, status_of(folder).mirrors, folder)
    from mlcore.backend import device
    from mlcore.training.finish import finish

    if "one-at-a-time" in architectures.shelf.get(recipe.architecture).traits:
        device.one_operation_at_a_time()
    trained = training.train(recipe, folder, logged, should_stop)
    if trained.stopped:
        raise stopped()
    finish(recipe, folder, trained, logged)
