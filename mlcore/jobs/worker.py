"""The process of one run: `python -m mlcore.jobs.worker <folder>`.

It appends events, keeps a sign of life, stops cleanly on request, and says in words why it failed.
Whoever started it may be gone.
"""

import contextlib
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
from mlcore.jobs import faults, holding, machines, record, status, sweeps, tasks
from mlcore.jobs.ending import STOP
from mlcore.jobs.machines import start_stamp
from mlcore.jobs.signs import ALIVE, EVERY_SECONDS
from mlcore.machine import memory
from mlcore.registry import Entry
from mlcore.settings import read

LEAVING_SECONDS = 60  # that a process may take to end after its work
NICE = 10  # pages stay quick while a run has the rest of the machine


def main(folder: Path) -> int:
    """Work on one run until it is done, stopped or failed; gives the exit status."""
    durable.keep_gone(folder)
    with holding.hold(folder) as held:
        return _Worker(folder, held).work() if held else 0  # another process is at work on this run already


class _Worker:
    entry: Entry  # the task of the folder

    def __init__(self, folder: Path, held: holding.Hold):
        self.folder, self.held, self.asked = folder, held, threading.Event()
        self.emit = partial(events.append, folder / "events.jsonl")
        self.last_look, self.stop_file = 0.0, folder / STOP

    def work(self) -> int:
        """Do the task of the folder and say how it ended; gives the exit status."""
        try:
            self._settle_in()
            self._do()
            self._say(state="done", message="", ended=time.time())
            return 0
        except Exception as error:
            return self._end(error)
        finally:
            try:
                sweeps.advance_all()
            finally:
                jobs.start_waiting()

    def _end(self, error: Exception) -> int:
        """Say why the work ends before it is done; nothing where somebody deleted its folder."""
        if self.held.folder_is_gone:
            return self._leave_nothing()
        if isinstance(error, Refused) and error.kind == Kind.CANCELLED:
            return self._stop()
        if isinstance(error, Refused):
            return self._fail(error.kind, error.message)
        with contextlib.suppress(OSError):  # the log is on that disk, too
            traceback.print_exc()
        return self._fail(*faults.reason(error))

    def _leave_nothing(self) -> int:
        """Take away what was written while somebody deleted the folder, file by file, from under it."""
        if not any((self.folder / name).exists() for name in ("recipe.json", "task.json", "status.json")):
            durable.remove_folder(self.folder)
        return 1

    def _settle_in(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.nice(max(0, NICE - os.nice(0)))  # a worker that another one started is nice already
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self.asked.set())
        me = holding.Holder(pid=os.getpid(), born=start_stamp(os.getpid()), machine=machines.here())
        self.signed = me.model_copy(update={"folder": record.ticket(self.folder)})
        self.held.sign(self.signed)
        jobs.wait_for_starter()
        durable.sweep(self.folder)
        durable.sweep(self.folder / "checkpoints")
        threading.Thread(target=self._show_life, daemon=True).start()
        mine = {"pid": me.pid, "born": me.born, "machine": me.machine.model_dump()}
        self._say(state="running", **mine, started=time.time(), message="")

    def _show_life(self) -> None:
        while not self.held.folder_is_gone:
            self.held.show_life()
            with contextlib.suppress(OSError):
                (self.folder / ALIVE).write_text(json.dumps(memory.facts()))
                os.utime(self.folder / ALIVE, (now := time.time(), now))
            time.sleep(EVERY_SECONDS)

    def _do(self) -> None:
        task = status.task_of(self.folder)
        self.entry = tasks.shelf.get(task.kind)
        plan = read(self.entry.settings, task.settings)
        refuse_other(plan)  # they may have been replaced while it waited in the queue
        self.entry.run(plan, self.folder, self.emit, self._should_stop)
        self.stop_file.unlink(missing_ok=True)

    def _stop(self) -> int:
        further = "resume goes on from here" if self.entry.about.resumes else "resume begins anew"
        try:
            self.emit(events.RunStopped("Stopped on request."))
            self._say(state="stopped", message=f"Stopped on request; {further}.", ended=time.time())
        except OSError as error:
            return self._fail(*faults.reason(error))
        self.stop_file.unlink(missing_ok=True)
        return 0

    def _fail(self, kind: str, message: str) -> int:
        tellings = (
            lambda: self.held.sign(self.signed.model_copy(update={"ended": str(kind)})),  # needs no room on the disk
            lambda: self._say(state="failed", failure=str(kind), message=message, ended=time.time()),
            lambda: self.emit(events.RunFailed(str(kind), message)),
        )
        for tell in tellings:
            with contextlib.suppress(OSError, Refused):  # a full disk may refuse even this
                tell()
        return 1

    def _should_stop(self) -> bool:
        """Whether a stop was asked for, by signal, file or deleting the folder; looks ten times a second at most."""
        now = time.monotonic()
        if not self.asked.is_set() and now - self.last_look > 0.1:
            self.last_look = now
            if self.stop_file.exists() or self.held.folder_is_gone:
                self.asked.set()
        return self.asked.is_set()

    def _say(self, **values: Any) -> None:
        status.change(self.folder, **values)


def leaving(status: int) -> int:
    """The exit status of a process that ends soon, for certain: a library cut short may hang as it is unloaded."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(LEAVING_SECONDS)
    return status


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.exit(leaving(main(Path(sys.argv[1]))))
