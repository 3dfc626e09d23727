"""Signs of life: a worker writes the state of the memory into `alive` every two seconds, and so tells that it works."""

import math
import time
from pathlib import Path

from mlcore.jobs import holding

ALIVE = "alive"
EVERY_SECONDS = 2.0
SILENT_SECONDS = 30.0  # after which people are told


def silent_seconds(folder: Path) -> float:
    """Seconds since the last sign of life of a run's worker; infinitely many when there was none yet.

    Where a full disk doesn't take the state of the memory, the worker touches its lock.
    """
    return max(0.0, time.time() - max(_changed(folder / ALIVE), _changed(folder / holding.NAME)))


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return -math.inf
