"""The process of one run: `python -m mlcore.jobs.worker <folder>`.

It appends events, keeps a sign of life, stops cleanly on request, and says in words why it failed.
Whoever started it may be gone.
"""

import contextlib
import errno
import fcntl
import json
import os
import signal
import sys
import threading
import time
import traceback
from functools import partial
from pathlib import Path

from mlcore import architectures, data, durable, events, jobs
from mlcore.errors import Kind, Refused
from mlcore.jobs import loggers, sweeps, tasks
from mlcore.jobs.postmortem import ALIVE
from mlcore.machine import memory
from mlcore.recipe import Recipe
from mlcore.settings import read

NICE = 10  # pages stay quick while a run has the rest of the machine
ALIVE_SECONDS = 2.0


def main(folder: Path) -> int:
    """Work on one run until it is done, stopped or failed; gives the exit status."""
    with open(folder / ".worker", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return 0  # another process is at work on this run already
        return _Worker(folder).work()


class _Worker:
    def __init__(self, folder: Path):
        self.folder, self.asked = folder, threading.Event()
        self.emit = partial(events.append, folder / "events.jsonl")
        self.last_look, self.stop_file = 0.0, folder / "stop"

    def work(self) -> int:
        self._settle_in()
        try:
            self._say(state="running", pid=os.getpid(), born=jobs.born(os.getpid()), started=time.time(), message="")
            self._finish(stopped=self._task() if jobs.task_of(self.folder) else self._train())
            return 0
        except Refused as refusal:
            return self._fail(refusal.kind, refusal.message)
        except Exception as error:
            traceback.print_exc()
            return self._fail(*_reason(error))
        finally:
            try:
                sweeps.advance_all()
            finally:
                jobs.start_waiting()

    def _settle_in(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.nice(max(0, NICE - os.nice(0)))  # a worker that another one started is nice already
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self.asked.set())
        jobs.wait_for_starter()
        durable.sweep(self.folder)
        durable.sweep(self.folder / "checkpoints")
        threading.Thread(target=self._show_life, daemon=True).start()

    def _show_life(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                (self.folder / ALIVE).write_text(json.dumps(memory.facts()))
            time.sleep(ALIVE_SECONDS)

    def _task(self) -> bool:
        """Do the task; tells whether it was stopped before its end."""
        task = jobs.task_of(self.folder)
        entry = tasks.shelf.get(task.kind)
        settings = read(entry.settings, task.settings)
        return entry.run(settings, self.folder, self._emit, self._should_stop) is False

    def _train(self) -> bool:
        """Train and finish the model; tells whether it was stopped before its end."""
        recipe = read(Recipe, durable.read_json(self.folder / "recipe.json") or {})
        data.open(recipe.data)  # refused here, a missing data set doesn't wait for the engine
        self._emit(events.StageStarted("Loading the training engine"))
        self.emit = loggers.mirrored(self.emit, jobs.facts(self.folder).mirrors, self.folder)
        from mlcore.backend import device
        from mlcore.training import train
        from mlcore.training.finish import finish

        if "one-at-a-time" in architectures.shelf.get(recipe.architecture).traits:
            device.one_operation_at_a_time()
        trained = train(recipe, self.folder, self._emit, self._should_stop)
        if not trained.stopped:
            finish(recipe, self.folder, trained, self._emit)
        return trained.stopped

    def _finish(self, stopped: bool) -> None:
        self.stop_file.unlink(missing_ok=True)
        if stopped:
            self._emit(events.RunStopped("Stopped on request."))
            self._say(state="stopped", message="Stopped on request; resume goes on from here.", ended=time.time())
        else:
            self._say(state="done", message="", ended=time.time())

    def _fail(self, kind: str, message: str) -> int:
        for tell in (lambda: self._say(state="failed", failure=str(kind), message=message, ended=time.time()),
                     lambda: self._emit(events.RunFailed(str(kind), message))):  # fmt: skip
            with contextlib.suppress(OSError):  # a full disk may refuse even this
                tell()
        return 1

    def _emit(self, event: events.Event) -> None:
        self.emit(event)

    def _should_stop(self) -> bool:
        """Whether a stop was asked for, by signal or by file; looks at the disk ten times a second at most."""
        now = time.monotonic()
        if not self.asked.is_set() and now - self.last_look > 0.1:
            self.last_look = now
            if self.stop_file.exists():
                self.asked.set()
        return self.asked.is_set()

    def _say(self, **values) -> None:
        jobs.change(self.folder, **values)


def _reason(error: Exception) -> tuple[str, str]:
    """Kind and sentence for what went wrong outside our own checks."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Kind.DISK_FULL, "The disk is full; free some space, then resume."
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError" or _names_memory(error):
        return Kind.OUT_OF_MEMORY, "The machine ran out of memory."
    return "internal", f"This failed by a fault of ours ({type(error).__name__}); the log has the details."


def _names_memory(error: Exception) -> bool:
    """Whether an engine's own error, whose type doesn't tell, is about memory (JAX, CUDA)."""
    text = str(error)
    return "RESOURCE_EXHAUSTED" in text or "CUDA_ERROR_OUT_OF_MEMORY" in text


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.exit(main(Path(sys.argv[1])))
