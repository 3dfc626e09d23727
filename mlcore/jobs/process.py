"""The process of a run: started detached on this machine, and told apart from strangers that get its number later."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from mlcore.home import home
from mlcore.jobs import ending, holding, machines, standby
from mlcore.jobs.machines import start_stamp
from mlcore.jobs.signs import SILENT_SECONDS, silent_seconds
from mlcore.machine import devices

ROOT = Path(__file__).resolve().parents[2]  # where `mlcore` can be imported from
STARTING_SECONDS = 120.0  # in which a new process takes the lock of its run, on a machine with much else to do

_children: list[subprocess.Popen] = []  # kept so that ended ones are reaped and don't stay as zombies


class LocalProcess:
    """Runs as processes of this machine: an `Executor`."""

    def start(self, folder: Path, names: Sequence[str]) -> dict[str, Any]:
        """Start the worker of a run, which outlives us, on devices; gives its number, start stamp and machine."""
        environment = devices.environment(list(names))
        environment["MLCORE_HOME"] = str(home())  # absolute: the worker stands in another folder
        process = standby.take(folder, environment) or _spawn(folder, environment)
        _children.append(process)
        return {"pid": process.pid, "born": start_stamp(process.pid), "machine": machines.here().model_dump()}

    def alive(self, folder: Path, status: Mapping[str, Any]) -> bool:
        """Whether the worker of a run is still at work, wherever it is.

        Its lock tells, also that of another container; a new process doesn't have it yet, and where another kernel's
        locks can't be seen the sign of life tells.
        """
        _reap()
        if holding.is_held(folder):
            return True
        machine = machines.of(status)
        if not status.get("machine"):  # of an older version, whose workers held no lock
            return _is_there(status.get("pid"), status.get("born"))
        if _is_new(status):
            unknown = status.get("pid") is None or not machine.shares_numbers
            return unknown or _is_there(status["pid"], status.get("born"))
        return not machine.shares_kernel and silent_seconds(folder) < SILENT_SECONDS

    def stop(self, folder: Path) -> None:
        """Ask the worker of a folder to stop after the step it is in; see to it that one that hangs ends."""
        if not ending.asked(folder):
            ending.note(folder, ending.ASKED)
            _children.append(_detached("mlcore.jobs.escort", folder, subprocess.DEVNULL, {"MLCORE_HOME": str(home())}))

    def force(self, folder: Path) -> str:
        """The signal that asking once more sends to a worker that didn't stop; "" when it isn't time, or can't be."""
        return ending.force(folder)

    def end(self, folder: Path) -> None:
        """Send that signal."""
        ending.end(folder)

    def places(self) -> list[str]:
        """The devices of this machine, GPUs first."""
        return devices.places()


def _reap() -> None:
    for child in _children:
        child.poll()


def _is_new(status: Mapping[str, Any]) -> bool:
    began = status.get("started")
    return (
        status.get("state") == "starting" and isinstance(began, int | float) and time.time() - began < STARTING_SECONDS
    )


def _is_there(pid: Any, born: Any) -> bool:
    """Whether there is that very process, and not a zombie of it."""
    if not isinstance(pid, int) or not born or born != start_stamp(pid):
        return False
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except (psutil.Error, ValueError, OverflowError):
        return False


def _spawn(folder: Path, environment: dict[str, str]) -> subprocess.Popen:
    with open(folder / "log.txt", "ab") as log:
        return _detached("mlcore.jobs.worker", folder, log, environment)


def _detached(module: str, folder: Path, output: Any, environment: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", module, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
