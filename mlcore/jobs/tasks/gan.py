"""Train a generator in the background."""

from pathlib import Path

from mlcore.contracts import Emit, ShouldStop
from mlcore.events import StageStarted
from mlcore.generation.settings import GanSettings
from mlcore.jobs.tasks import About, shelf, stopped


@shelf.add("gan", "Generator", GanSettings, about=About("generate", "generator"))
def gan(settings: GanSettings, folder: Path, emit: Emit, should_stop: ShouldStop) -> None:
    """Trains two networks against each other and keeps the one that makes pictures."""
    emit(StageStarted("Loading the training engine"))
    from mlcore.generation.training.finish import finish
    from mlcore.generation.training.loop import train

    trained = train(settings, folder, emit, should_stop)
    if trained.stopped:
        raise stopped()
    finish(settings, folder, trained, emit)
