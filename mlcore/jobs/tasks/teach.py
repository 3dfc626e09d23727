"""Teach a model in the background: the pictures are looked at once, the answer layer is fitted at once (few-shot)."""

from pathlib import Path

from mlcore.contracts import Emit, ShouldStop
from mlcore.events import StageStarted
from mlcore.jobs.tasks import About, progress, shelf
from mlcore.teach.settings import TeachSettings


@shelf.add("teach", "Taught model", TeachSettings, about=About("runs", "classifier", resumes=False))
def teach(settings: TeachSettings, folder: Path, emit: Emit, should_stop: ShouldStop) -> None:
    """Learns an answer layer on a frozen backbone and puts the model into the library."""
    emit(StageStarted("Loading the network"))
    from mlcore import data
    from mlcore.teach.model import make

    dataset = data.open(settings.data, seen=settings.fingerprint)
    make(settings, dataset, folder, emit, progress(emit, should_stop, sum(dataset.splits.values())))
