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
from typing import Any

from mlcore import durable, events, jobs
from mlcore.data.binding import refuse_other
from mlcore.errors import Kind, Refused
from mlcore.jobs import status, sweeps, tasks
from mlcore.jobs.postmortem import ALIVE
from mlcore.jobs.process import STOP, start_stamp
from mlcore.machine import memory
from mlcore.registry import Entry
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
    entry: Entry  # the task of the folder

    def __init__(self, folder: Path):
        self.folder, self.asked = folder, threading.Event()
        self.emit = partial(events.append, folder / "events.jsonl")
        self.last_look, self.stop_file = 0.0, folder / STOP

    def work(self) -> int:
        """Do the task of the folder and say how it ended; gives the exit status."""
        self._settle_in()
        try:
            stamp = start_stamp(os.getpid())
            self._say(state="running", pid=os.getpid(), born=stamp, started=time.time(), message="")
            self._do()
            self._say(state="done", message="", ended=time.time())
            return 0
        except Refused as refusal:
            return self._stop() if refusal.kind == Kind.CANCELLED else self._fail(refusal.kind, refusal.message)
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

    def _do(self) -> None:
        task = status.task_of(self.folder)
        self.entry = tasks.shelf.get(task.kind)
        plan = read(self.entry.settings, task.settings)
        refuse_other(plan)  # they may have been replaced while it waited in the queue
        self.entry.run(plan, self.folder, self.emit, self._should_stop)
        self.stop_file.unlink(missing_ok=True)

    def _stop(self) -> int:
        self.stop_file.unlink(missing_ok=True)
        self.emit(events.RunStopped("Stopped on request."))
        further = "resume goes on from here" if self.entry.about.resumes else "resume begins anew"
        self._say(state="stopped", message=f"Stopped on request; {further}.", ended=time.time())
        return 0

    def _fail(self, kind: str, message: str) -> int:
        tellings = (
            lambda: self._say(state="failed", failure=str(kind), message=message, ended=time.time()),
            lambda: self.emit(events.RunFailed(str(kind), message)),
        )
        for tell in tellings:
            with contextlib.suppress(OSError):  # a full disk may refuse even this
                tell()
        return 1

    def _should_stop(self) -> bool:
        """Whether a stop was asked for, by signal or by file; looks at the disk ten times a second at most."""
        now = time.monotonic()
        if not self.asked.is_set() and now - self.last_look > 0.1:
            self.last_look = now
            if self.stop_file.exists():
                self.asked.set()
        return self.asked.is_set()

    def _say(self, **values: Any) -> None:
        status.change(self.folder, **values)


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
