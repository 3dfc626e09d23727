"""Train a repair network (inpainting) in the background."""

from pathlib import Path

from mlcore.contracts import Emit, ShouldStop
from mlcore.events import StageStarted
from mlcore.jobs.tasks import About, shelf, stopped
from mlcore.repair.settings import RepairSettings


def check(settings: RepairSettings) -> None:
    """Raise Refused for clips, and for fewer training pictures than a batch."""
    from mlcore import data
    from mlcore.data.checks import refuse_less_than_a_batch

    if about := data.summary(settings.data, settings.fingerprint):
        refuse_less_than_a_batch(about, settings.batch_size)


@shelf.add("repair", "Repair network", RepairSettings, about=About("runs", "repair network"), check=check)
def repair(settings: RepairSettings, folder: Path, emit: Emit, should_stop: ShouldStop) -> None:
    """Trains a network that fills holes better than a smooth surface does."""
    emit(StageStarted("Loading the training engine"))
    from mlcore.repair.finish import finish
    from mlcore.repair.loop import train

    trained = train(settings, folder, emit, should_stop)
    if trained.stopped:
        raise stopped()
    finish(settings, folder, trained, emit)
