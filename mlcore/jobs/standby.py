"""One worker in waiting for this process, so that a run begins within a second instead of five.

It is started only by who asks for it (the page on which runs are set up), where memory is plenty and nothing runs;
VITRINE_WARM=0 does without. A run that finds none starts a fresh process, as ever.
"""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from mlcore.machine import memory

ROOT = Path(__file__).resolve().parents[2]
ROOM_BYTES = 3e9  # it holds 0.7 GB, and a run wants some too

_lock = threading.Lock()
_waiting: list[subprocess.Popen] = []


def keep() -> None:
    """Have a worker in waiting, where there is room for one."""
    with _lock:
        _waiting[:] = [process for process in _waiting if process.poll() is None]
        if _waiting or os.environ.get("VITRINE_WARM", "1") == "0" or memory.available() < ROOM_BYTES:
            return
        _waiting.append(
            subprocess.Popen(
                [sys.executable, "-m", "mlcore.jobs.standby_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd=ROOT,
            )
        )


def take(folder: Path, environment: dict[str, str]) -> subprocess.Popen | None:
    """Give the one in waiting its run, and the process itself to the caller; None when there is none."""
    with _lock:
        process = _waiting.pop() if _waiting else None
    if process is None or process.stdin is None or process.poll() is not None:
        return None
    try:
        process.stdin.write(json.dumps({"folder": str(folder), "environment": environment}).encode() + b"\n")
        process.stdin.close()
    except OSError:
        return None
    return process
