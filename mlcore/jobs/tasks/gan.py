"""Train a generator in the background."""

from mlcore.generation.settings import GanSettings
from mlcore.jobs.tasks import shelf


@shelf.add("gan", "Generator", GanSettings)
def gan(settings, folder, emit, should_stop):
    """Trains two networks against each other and keeps the one that makes pictures."""
    from mlcore.events import StageStarted

    emit(StageStarted("Loading the training engine"))
    from mlcore.generation.training.finish import finish
    from mlcore.generation.training.loop import train

    trained = train(settings, folder, emit, should_stop)
    if trained.stopped:
        return False
    finish(settings, folder, trained, emit)
