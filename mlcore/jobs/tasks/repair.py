"""Train a repair network in the background."""

from mlcore.jobs.tasks import shelf
from mlcore.repair.settings import RepairSettings


@shelf.add("repair", "Repair network", RepairSettings)
def repair(settings, folder, emit, should_stop):
    """Trains a network that fills holes better than a smooth surface does."""
    from mlcore.events import StageStarted

    emit(StageStarted("Loading the training engine"))
    from mlcore.repair.finish import finish
    from mlcore.repair.loop import train

    trained = train(settings, folder, emit, should_stop)
    if trained.stopped:
        return False
    finish(settings, folder, trained, emit)
