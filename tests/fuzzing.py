"""Fuzzing: every door is given files that were damaged at random, in a process of its own, and may only refuse them.

    python -m tests.fuzzing pictures 0 10000

A native decoder could end its process or never come back: so whoever asks starts this file as a child. It prints one
JSON document a door; mutation N of a door is always the same.
"""

import argparse
import json
import os
import random
import re
import resource
import signal
import sys
import tempfile
import time
import zlib
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.doors import DOORS, Door

MOST_SECONDS = 5  # of the processor, for one file
MOST_BYTES = 500_000_000  # above what the process had after its whole files
ROOM = 6 << 30  # of addresses; beyond it memory can't be had at all


def mutation(name: str, number: int, seeds: list[bytes]) -> bytes:
    """Damaged file number so many of a door; 0 is whole."""
    rng = random.Random(zlib.crc32(f"{name} {number}".encode()))
    return DOORS[name].damage(rng, seeds) if number else seeds[0]


def run(name: str, first: int, count: int, mark: Path | None = None) -> dict:
    """Put damaged files to a door: what they came to, the slowest, the most memory, and what went wrong."""
    from mlcore.errors import Refused

    door, seeds = DOORS[name], DOORS[name].seeds()
    results, faults, slowest = Counter[str](), list[dict](), (0.0, first)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for seed in seeds:
            _outcome(door, seed, path, Refused)
        _forget_peak()
        before, most = _peak(), 0
        for number in range(first, first + count):
            data = mutation(name, number, seeds)
            if mark:
                mark.write_text(f"{name} {number}")
            signal.setitimer(signal.ITIMER_PROF, 2 * MOST_SECONDS)
            started = time.process_time()
            outcome = _outcome(door, data, path, Refused)
            seconds = time.process_time() - started
            signal.setitimer(signal.ITIMER_PROF, 0)
            slowest = max(slowest, (seconds, number))
            results[outcome.split(":")[0]] += 1
            if outcome not in ("read", "refused") or seconds > MOST_SECONDS:
                faults.append({"number": number, "outcome": outcome, "seconds": round(seconds, 2)})
            grown = _peak() - before
            if grown > max(most, MOST_BYTES):
                faults.append({"number": number, "outcome": f"{grown / 1e6:,.0f} MB"})
            most = max(most, grown)
    memory = {"bytes": most, "base": before}
    return {"results": dict(results), "faults": faults, "slowest": slowest, "memory": memory}


def _outcome(door: Door, data: bytes, path: Path, refused: type[Exception]) -> str:
    try:
        door.read(data, path)
    except refused:
        return "refused"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    return "read"


def _forget_peak() -> None:
    """Let the most memory be measured from here on, where the system can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    """The most memory that this process has had, in bytes."""
    with suppress(OSError):
        return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("door", help="one of them, or 'all': " + ", ".join(DOORS))
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--mark", type=Path, help="file for the number of the mutation that is being read")
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # decoders write what they think of a file
    for name in DOORS if given.door == "all" else [given.door]:
        found = {"door": name, **run(name, given.first, given.count, given.mark)}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
