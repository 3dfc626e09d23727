"""The executor is the seam for other machines: the queue asks it to start, to stop, whether one lives, and where."""

import pytest

from mlcore import jobs, training
from mlcore.jobs import executor
from mlcore.jobs.process import LocalProcess


class Elsewhere:
    """Two places that start nothing and remember what they were asked."""

    def __init__(self):
        self.started, self.asked_to_stop, self.alive_workers = [], [], set()

    def start(self, folder, devices):
        self.started.append((folder.name, tuple(devices)))
        self.alive_workers.add(folder.name)
        return {"worker": folder.name}

    def alive(self, folder, status):
        return status.get("worker") in self.alive_workers

    def stop(self, folder):
        self.asked_to_stop.append(folder.name)

    def force(self, folder):
        return ""

    def end(self, folder):
        raise AssertionError("Nothing was offered that could be done.")

    def places(self):
        return ["left", "right"]


@pytest.fixture
def elsewhere(monkeypatch, tiny_data):
    elsewhere = Elsewhere()
    monkeypatch.setattr(executor, "here", elsewhere)
    return elsewhere


def start(seed=0):
    return jobs.start(training.draft("shapes", "mlp", None, [f"training.seed={seed}"]))


def test_runs_go_to_the_places_of_the_executor_and_the_third_waits(elsewhere):
    first, second, third = (start(seed) for seed in range(3))

    assert elsewhere.started == [(first, ("left",)), (second, ("right",))]
    assert (jobs.run(third).state, jobs.run(third).position) == ("queued", 1)


def test_a_worker_lives_as_long_as_the_executor_says(elsewhere):
    id = start()
    assert jobs.run(id).state == "starting"

    elsewhere.alive_workers.clear()
    assert jobs.run(id).state == "interrupted"


def test_a_request_to_stop_goes_to_the_executor(elsewhere):
    id = start()
    jobs.stop(id)

    assert elsewhere.asked_to_stop == [id]


def test_this_machine_is_the_executor_by_default():
    assert isinstance(executor.here, LocalProcess)
