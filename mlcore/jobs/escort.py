"""The escort of a run that was asked to stop, `python -m mlcore.jobs.escort <folder>`: it ends a worker that hangs.

A worker that still gives signs of life is let be: it may be in a long step, and whether to end that by force is for a
person to say. Whoever asked may be gone.
"""

import contextlib
import sys
import time
from pathlib import Path

from mlcore import jobs
from mlcore.errors import Refused
from mlcore.jobs import ending, executor, record
from mlcore.jobs.signs import SILENT_SECONDS, silent_seconds

LOOK_SECONDS = 0.5


def main(folder: Path) -> int:
    """Stay until the worker of a folder has ended, and end it where it hangs; gives the exit status."""
    while ending.asked(folder) and _is_at_work(folder):
        if silent_seconds(folder) > SILENT_SECONDS:
            with contextlib.suppress(Refused):
                ending.end(folder)
        time.sleep(LOOK_SECONDS)
    jobs.start_waiting()
    return 0


def _is_at_work(folder: Path) -> bool:
    return executor.here.alive(folder, record.read(folder) or {})


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
