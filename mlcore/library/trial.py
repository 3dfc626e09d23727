"""Tries a small copy in a process of its own before this one runs it.

LiteRT is native code: a file that was damaged, or made to do harm, can end the process that runs it or never come back.
What held once is known again by its digest, so that a file is tried once.
"""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np

from mlcore import durable, reader
from mlcore.home import in_home
from mlcore.library.litert import Runner
from mlcore.machine import child

SECONDS = 30  # 0.5 of the processor are needed; a busy machine takes longer
MEMORY = 4 << 30  # bytes of addresses
_failed = set[str]()


def holds(path: Path) -> bool:
    """Whether a small copy answers a blank picture, and two of them, without ending or holding up a process."""
    digest = reader.digest(path)
    if _mark(digest).is_file():
        return True
    if digest in _failed or not _tried(path):
        _failed.add(digest)
        return False
    keep(path)
    return True


def keep(path: Path) -> None:
    """Note that a small copy has held; without room on the disk it is tried again."""
    with suppress(OSError):
        durable.write_text(_mark(reader.digest(path)), "")


def _tried(path: Path) -> bool:
    try:
        return bool(child.ask(__name__, {"path": str(path)}, SECONDS, "The small copy ended its process")["held"])
    except (RuntimeError, OSError, ValueError, subprocess.SubprocessError):
        return False


def _mark(digest: str) -> Path:
    return in_home("cache/small-copies") / digest[:32]


def _limit() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def answers(path: Path) -> bool:
    """Whether it gives something for a blank picture and for two; asked in a process that may end of it."""
    try:
        runner = Runner(path, threads=1)
        blank = np.zeros((2, *runner.takes), "uint8")
        for count in (1, 2):
            if runner.features(blank[:count]) is None:
                runner.logits(blank[:count])
    except (ImportError, ValueError, RuntimeError, MemoryError, OSError):
        return False
    return True


if __name__ == "__main__":
    _limit()
    sys.stdout.write(json.dumps({"held": answers(Path(json.load(sys.stdin)["path"]))}) + "\n")
