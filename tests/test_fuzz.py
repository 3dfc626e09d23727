"""Whatever is in a file, a door reads it or refuses it: in 5 seconds of the processor, 500 MB, and without an end.

A fault is repeated by `python -m tests.fuzzing DOOR NUMBER 1`.
"""

import json
import subprocess
import sys

import pytest

from tests.doors import DOORS
from tests.fuzzing import MOST_BYTES, MOST_SECONDS

SAMPLE, ALL, TOGETHER = 100, 10_000, 2_500  # files a door
PATIENCE = 900  # seconds; only a child that waits for ever needs them: what works for ever is ended by its own limit


def fuzzed(door: str, first: int, count: int, mark) -> list[dict]:
    """What became of damaged files; a child that ended or hung is a failure that names its file."""
    command = [sys.executable, "-m", "tests.fuzzing", door, str(first), str(count), "--mark", str(mark)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        pytest.fail(f"It hung at {mark.read_text()}.")
    assert done.returncode == 0, f"It ended with {done.returncode} at {mark.read_text() if mark.exists() else 'once'}."
    return [json.loads(line) for line in done.stdout.splitlines()]


def assert_held(found: dict, count: int) -> None:
    assert found["faults"] == []
    assert sum(found["results"].values()) == count
    assert found["slowest"][0] < MOST_SECONDS
    assert found["memory"]["bytes"] < MOST_BYTES
    assert found["results"]["refused"] > count / 10  # else nothing was damaged


def test_a_sample_of_damaged_files_is_read_or_refused(tmp_path):
    rows = fuzzed("all", 0, SAMPLE, tmp_path / "mark")

    assert [row["door"] for row in rows] == list(DOORS)
    for row in rows:
        assert_held(row, SAMPLE)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, ALL, TOGETHER))
@pytest.mark.parametrize("door", DOORS)
def test_damaged_files_are_read_or_refused(door, first, tmp_path):
    [row] = fuzzed(door, first, TOGETHER, tmp_path / "mark")

    assert_held(row, TOGETHER)
