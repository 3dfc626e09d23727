"""The process of a run: started detached on this machine, and told apart from strangers that get its number later."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from mlcore.home import home
from mlcore.jobs import standby
from mlcore.machine import devices

ROOT = Path(__file__).resolve().parents[2]  # where `mlcore` can be imported from
BOOT = Path("/proc/sys/kernel/random/boot_id")
STOP = "stop"  # a file in the run's folder that asks for the end

_children: list[subprocess.Popen] = []  # kept so that ended ones are reaped and don't stay as zombies


class LocalProcess:
    """Runs as processes of this machine: an `Executor`."""

    def start(self, folder: Path, names: Sequence[str]) -> dict[str, Any]:
        """Start the worker of a run, which outlives us, on devices; gives its process number and start stamp."""
        environment = devices.environment(list(names))
        environment["MLCORE_HOME"] = str(home())  # absolute: the worker stands in another folder
        process = standby.take(folder, environment) or _spawn(folder, environment)
        _children.append(process)
        return {"pid": process.pid, "born": start_stamp(process.pid)}

    def alive(self, status: Mapping[str, Any]) -> bool:
        """Whether the very process that a status names is still at work."""
        for child in _children:
            child.poll()
        pid = status.get("pid")
        if not isinstance(pid, int) or status.get("born") != start_stamp(pid):
            return False
        try:
            return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
        except (psutil.Error, ValueError, OverflowError):
            return False

    def stop(self, folder: Path) -> None:
        """Ask the worker of a folder to stop after the step it is in."""
        (folder / STOP).touch()

    def places(self) -> list[str]:
        """The devices of this machine, GPUs first."""
        return devices.places()


def _spawn(folder: Path, environment: dict[str, str]) -> subprocess.Popen:
    with open(folder / "log.txt", "ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "mlcore.jobs.worker", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=ROOT,
            env={**os.environ, **environment},
        )


def start_stamp(pid: int) -> str | None:
    """What tells a process from a later one with the same number; None when there is none.

    Ticks since the machine's start where the system tells them: unlike a date, they survive a changed clock.
    """
    try:
        return f"{BOOT.read_text().strip()} {_ticks(pid)}"
    except (OSError, IndexError, ValueError):
        return _date(pid)


def _ticks(pid: int) -> str:
    """Field 22 of /proc/PID/stat; the name before it may hold spaces and brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def _date(pid: int) -> str | None:
    try:
        return f"{psutil.Process(pid).create_time():.0f}"
    except (psutil.Error, ValueError, OverflowError):
        return None
