"""The shelf of tasks: long work, training among it, that runs in a process and a folder of its own.

A task is a `Task`: a function `(settings, folder, emit, should_stop)` that keeps what it makes in the folder, tells
by events how far it is, and asks `should_stop()` every few tenths of a second. Asked to stop, it raises
Refused(cancelled). Started again in the same folder, it goes on from what is there, or begins again where it doesn't
resume. What can't be done is refused, by the entry's `check(settings)` before there is a run where that can be told; a
page or a command starts it with `jobs.start_task`.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mlcore.contracts import Emit, ShouldStop
from mlcore.errors import Kind, Refused
from mlcore.events import PartsDone
from mlcore.progress import Progress
from mlcore.registry import Registry

TOLD_SECONDS = 0.5  # after which a line in the history of a run is due
TOLD_TIMES = 200  # lines of quick work, however many parts it has

shelf = Registry("task", __name__)


class Task(Protocol):
    """The work of a run."""

    def __call__(self, settings: Any, folder: Path, emit: Emit, should_stop: ShouldStop, /) -> None:
        """Do the work, or go on with it; raises Refused, of the kind "cancelled" when it was asked to stop."""


@dataclass(frozen=True)
class About:
    """What a list of runs says of a task: the page that follows it, what it makes, whether it goes on when resumed."""

    page: str
    makes: str
    resumes: bool = True


def stopped() -> Refused:
    """What a task raises that was asked to stop."""
    return Refused(Kind.CANCELLED, "Stopped on request.")


def progress(emit: Emit, should_stop: ShouldStop, total: int) -> Progress:
    """Progress that tells how many of `total` parts are done, as often as it helps, and ends the work on request."""
    parts, moment = 0, 0.0

    def hear(share: float, text: str = "", /) -> None:
        nonlocal parts, moment
        if should_stop():
            raise stopped()
        now, done = time.monotonic(), round(share * total)
        if done > parts and (done - parts >= total / TOLD_TIMES or now - moment > TOLD_SECONDS):
            emit(PartsDone(done, total))
            parts, moment = done, now

    return hear
