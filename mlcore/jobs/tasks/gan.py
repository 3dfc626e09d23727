"""Train a generator in the background."""

from pathlib import Path

from mlcore.contracts import Emit, ShouldStop
from mlcore.events import StageStarted
from mlcore.generation.settings import GanSettings, checked
from mlcore.jobs.tasks import About, shelf, stopped


def check(settings: GanSettings) -> None:
    """Raise Refused for pictures of a size that no generator makes, for clips, and for fewer than a batch."""
    from mlcore import data
    from mlcore.data.checks import refuse_less_than_a_batch

    if about := data.summary(settings.data, settings.fingerprint):
        checked(about.shape)
        refuse_less_than_a_batch(about, settings.batch_size)


@shelf.add("gan", "Generator", GanSettings, about=About("generate", "generator"), check=check)
def gan(settings: GanSettings, folder: Path, emit: Emit, should_stop: ShouldStop) -> None:
    """Trains two networks against each other and keeps the one that makes pictures."""
    emit(StageStarted("Loading the training engine"))
    from mlcore.generation.training.finish import finish
    from mlcore.generation.training.loop import train

    trained = train(settings, folder, emit, should_stop)
    if trained.stopped:
        raise stopped()
    finish(settings, folder, trained, emit)
