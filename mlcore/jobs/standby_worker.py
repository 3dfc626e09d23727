"""A worker in waiting, `python -m mlcore.jobs.standby_worker`, loads Keras ahead of time and becomes the next run's.

It computes nothing before it has its run, whose order comes as one JSON line on stdin. It ends when nobody needs it:
when whoever started it is gone, or after a quarter of an hour.
"""

import contextlib
import json
import os
import select
import sys
from collections.abc import Callable
from pathlib import Path

from mlcore.jobs import engine

NICE = 10  # loading must not slow down a page
IDLE_SECONDS = 900.0


def main(load: Callable, work: Callable[[Path], int], orders: int = 0, idle: float = IDLE_SECONDS) -> int:
    """Load, wait for an order on the file descriptor `orders`, and do it; gives the exit status."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICE)
    load()
    order = _order(orders, idle)
    if order is None:
        return 0
    os.environ.update(order["environment"])
    _print_into(Path(order["folder"]) / "log.txt")
    return work(Path(order["folder"]))


def _order(orders: int, idle: float) -> dict | None:
    """The order, or None when none came in time or the other end is gone."""
    ready, _, _ = select.select([orders], [], [], idle)
    line = os.fdopen(orders, closefd=False).readline() if ready else ""
    return json.loads(line) if line.endswith("\n") else None


def _print_into(log: Path) -> None:
    with open(log, "ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def _load_engine() -> None:
    engine.load()
    import mlcore.training.finish
    import mlcore.training.loop  # noqa: F401 - to have it loaded


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from mlcore.jobs import worker

    sys.exit(worker.leaving(main(_load_engine, worker.main)))
