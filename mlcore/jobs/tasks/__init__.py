"""The shelf of long work other than training: a task runs in a process and a folder of its own, as a training run does.

A task is a function `(settings, folder, emit, should_stop)`: it keeps what it makes in the folder, tells by
`events.PartsDone` how far it is, asks `should_stop()` every few tenths of a second, and gives False when it
stopped before its end, else nothing. Started again in the same folder, it goes on from what is there. What can't
be done is refused, as everywhere; a page or a command starts it with `jobs.start_task`.
"""

from mlcore.registry import Registry

shelf = Registry("task", __name__)
