"""The status of a run on disk, `status.json`: whoever changes it has it locked, so that no change undoes another."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlcore import durable, reader
from mlcore.errors import Kind, Refused

FILE, LOCK = "status.json", ".lock"


def read(folder: Path) -> dict[str, Any] | None:
    """What a run says of itself, unchecked; None where that can't be read."""
    return reader.facts(folder / FILE) or None


def write(folder: Path, **values: Any) -> None:
    """Put down a run's status anew."""
    with _locked(folder):
        durable.write_json(folder / FILE, dated(values))


def change(folder: Path, **values: Any) -> None:
    """Change some values of a run's status; the others stay. Raises Refused where its folder is gone."""
    with _locked(folder):
        durable.write_json(folder / FILE, dated({**(read(folder) or {}), **values}))


def dated(values: Mapping[str, Any]) -> dict[str, Any]:
    """A status with the moment of its change."""
    return {"pid": None, **values, "changed": datetime.now(UTC).isoformat()}


def ticket(folder: Path) -> str:
    """What tells a folder from every copy of it: its number on the disk, which moving it keeps.

    As text, for on some disks it is larger than a number in a document of ours may be.
    """
    return str(folder.stat().st_ino)


def is_copy(folder: Path, status: Mapping[str, Any]) -> bool:
    """Whether another folder than this one was put in the queue; older versions told of none that is at work."""
    given = status.get("ticket")
    return given != ticket(folder) if given is not None else status["state"] == "queued"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep others from changing it, also those of other processes."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Refused(Kind.UNKNOWN_RUN, f"The folder of the run {folder.name!r} is gone.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
