"""What the tests of runs share: runs that nobody starts, and a stand-in for a worker."""

import os
import subprocess
import sys

import pytest

from mlcore import jobs, training
from mlcore.home import home
from mlcore.jobs import holding, machines

STAND_IN = """
import fcntl, os, signal, sys, time
if sys.argv[2] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
handle = os.open(sys.argv[1] + "/.worker", os.O_RDWR | os.O_CREAT)
fcntl.flock(handle, fcntl.LOCK_EX)
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def parked(monkeypatch, tiny_data):
    """No run is started: for what the queue alone decides."""
    monkeypatch.setattr(jobs, "_begin", lambda id: None)


@pytest.fixture
def waiting_run(parked):
    """The folder of a run that waits."""
    return home() / "models" / jobs.start(training.draft("shapes", "mlp", None, ["settings.hidden=[8]"]))


@pytest.fixture
def stand_in():
    """Starts a process that holds a run's lock, has signed it and does nothing else; "deaf" to SIGTERM if asked."""
    processes = []

    def start(folder, ears="listens", /, **other):
        command = [sys.executable, "-c", STAND_IN, str(folder), ears]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout.readline() == "ready\n"
        born = machines.start_stamp(process.pid)
        mine = {"pid": process.pid, "born": born, "machine": machines.here(), "folder": str(folder.stat().st_ino)}
        handle = os.open(folder / holding.NAME, os.O_RDWR)
        holding.Hold(folder, handle).sign(holding.Holder(**(mine | other)))
        os.close(handle)
        jobs.change(folder, state="running", pid=process.pid, born=born, machine=machines.here().model_dump())
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()
