"""Teach a model in the background: the pictures are looked at once, the answer layer is fitted at once."""

from mlcore.jobs.tasks import shelf
from mlcore.teach.settings import TeachSettings


@shelf.add("teach", "Taught model", TeachSettings)
def teach(settings, folder, emit, should_stop):
    """Learns an answer layer on a frozen backbone and puts the model into the library."""
    from mlcore.events import StageStarted

    emit(StageStarted("Loading the network"))
    from mlcore.teach.model import make

    return make(settings, folder, emit, should_stop)
