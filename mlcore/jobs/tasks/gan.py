"""Train a generator in the background."""

from mlcore.generation.settings import GanSettings
from mlcore.jobs.tasks import shelf


@shelf.add("gan", "Generator", GanSettings)
def gan(settings, folder, emit, should_stop):
    """Trains two networks against each other and keeps the one that makes pictures."""
    from mlcore.events import StageStarted
    from mlcore.generation.settings import complete

    emit(StageStarted("Loading the training engine"))
    from mlcore.generation.training.finish import finish
    from mlcore.generation.training.loop import train

    plan = complete(settings.model_dump())
    trained = train(plan, folder, emit, should_stop)
    if trained.stopped:
        return False
    finish(plan, folder, trained, emit)
