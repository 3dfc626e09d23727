"""The executor: where runs are computed. Today that is this machine; the protocol is the seam for others."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from mlcore.jobs.process import LocalProcess


class Executor(Protocol):
    """Starts the worker of a run somewhere, knows whether it lives, and asks it to stop."""

    def start(self, folder: Path, devices: Sequence[str]) -> dict[str, Any]:
        """Begin the run of a folder on devices; gives what its status keeps to tell the worker from others."""

    def alive(self, folder: Path, status: Mapping[str, Any]) -> bool:
        """Whether the worker of a folder, as its status names it, is still at work."""

    def stop(self, folder: Path) -> None:
        """Ask the worker of a folder to stop after the step it is in."""

    def force(self, folder: Path) -> str:
        """What asking a worker once more that was asked to stop does to it, such as SIGTERM; "" when nothing."""

    def end(self, folder: Path) -> None:
        """Do that."""

    def places(self) -> list[str]:
        """The devices that runs can be given, by name, the preferred ones first."""


here: Executor = LocalProcess()  # the one in use
