"""Many who start runs at once on one home: each run starts once, none is lost."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mlcore import jobs
from mlcore.jobs import executor, record

STARTERS, EACH = 8, 5
WAIT_SECONDS = 240

# A stand-in for the worker: it notes that it was started, says that it is done, and ends.
WORKER = """
import fcntl, os, sys
folder = sys.argv[1]
handle = os.open(folder + "/.worker", os.O_RDWR | os.O_CREAT)
fcntl.flock(handle, fcntl.LOCK_EX)
with open(folder + "/starts", "a") as file:
    file.write("started\\n")
sys.path.insert(0, sys.argv[2])
from mlcore.jobs import record
from pathlib import Path
import mlcore.jobs as jobs
jobs.wait_for_starter()
record.change(Path(folder), state="done")
os.close(handle)
"""

STARTER = """
import subprocess, sys, time
from mlcore import jobs
from mlcore.jobs import process
worker, each, root = sys.argv[1], int(sys.argv[2]), sys.argv[3]
process._spawn = lambda folder, environment: subprocess.Popen([sys.executable, "-c", worker, str(folder), root])
ids = [jobs.start_task("evaluate", {"model": "nobody"}) for _ in range(each)]
while any(jobs.run(id).state != "done" for id in ids):
    jobs.start_waiting()
    time.sleep(0.1)
print(*ids)
"""


@pytest.mark.slow
def test_eight_processes_start_forty_runs(home, monkeypatch):
    monkeypatch.setenv("VITRINE_SLOTS", "4")
    root = str(Path(jobs.__file__).parents[2])
    command = [sys.executable, "-c", STARTER, WORKER, str(EACH), root]
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) for _ in range(STARTERS)]
    ids = [id for starter in starters for id in starter.communicate(timeout=WAIT_SECONDS)[0].split()]

    assert len(ids) == len(set(ids)) == STARTERS * EACH
    folders = [home / "models" / id for id in ids]
    assert {(folder / "starts").read_text() for folder in folders} == {"started\n"}
    assert {run.state for run in jobs.all()} == {"done"}
    assert {path.name for path in (home / "models").iterdir() if path.is_dir()} == set(ids)


class Counting:
    """An executor that begins runs, counts that, and is done with each after a moment."""

    def __init__(self):
        self.begun, self.done = [], set()

    def start(self, folder, devices):
        self.begun.append(folder.name)
        threading.Timer(0.01, self._end, [folder]).start()
        return {"pid": 1}

    def _end(self, folder):
        jobs.wait_for_starter()
        record.change(folder, state="done")

    def alive(self, folder, status):
        return True

    def force(self, folder):
        return ""

    def places(self):
        return ["cpu"]


def test_eight_threads_start_forty_runs(home, monkeypatch):
    counting = Counting()
    monkeypatch.setattr(executor, "here", counting)

    def start():
        for _ in range(EACH):
            jobs.start_task("evaluate", {"model": "nobody"})

    threads = [threading.Thread(target=start) for _ in range(STARTERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    end = time.monotonic() + WAIT_SECONDS
    while any(run.state != "done" for run in jobs.all()):
        assert time.monotonic() < end
        time.sleep(0.01)

    assert len(counting.begun) == len(set(counting.begun)) == STARTERS * EACH
    statuses = [json.loads(path.read_text()) for path in (home / "models").glob("*/status.json")]
    assert [status["state"] for status in statuses] == ["done"] * STARTERS * EACH
