"""The queue: who is next, on which device, and how to push in."""

from contextlib import ExitStack

import pytest

from mlcore import jobs, training
from mlcore.errors import Refused
from mlcore.home import home
from mlcore.jobs import holding
from mlcore.jobs.queue import moved
from mlcore.machine import devices


@pytest.fixture(autouse=True)
def parked(monkeypatch, tiny_data):
    """Runs that are begun are marked, not started."""

    def begin(id):
        jobs.change(home() / "models" / id, state="done")

    monkeypatch.setattr(jobs, "_begin", begin)


@pytest.fixture
def full(monkeypatch):
    """No slot is free."""
    monkeypatch.setattr(jobs.queue, "assign", lambda *_: {})


@pytest.fixture
def two_gpus(monkeypatch):
    pair = [devices.Device(f"gpu:{number}", "GPU", 1, 0, None) for number in range(2)]
    monkeypatch.setattr(devices, "gpus", lambda: tuple(pair))
    monkeypatch.setattr(devices, "can_use_gpus", lambda: True)


def start(seed=0, device="auto", **training_settings):
    assignments = [f"training.{key}={value}" for key, value in {"seed": seed, **training_settings}.items()]
    return jobs.start(training.draft("shapes", "mlp", None, assignments), device=device)


def order():
    waiting = [run for run in jobs.all() if run.position]
    return [run.id for run in sorted(waiting, key=lambda run: run.position)]


@pytest.fixture
def at_work():
    """Says that a run computes on some devices, in this very process."""
    with ExitStack() as holds:

        def hold(id, *names):
            folder = home() / "models" / id
            holds.enter_context(holding.hold(folder))
            jobs.change(folder, state="running", device=",".join(names))

        yield hold


@pytest.mark.parametrize(("move", "expected"), [("first", "cabd"), ("up", "acbd"), ("down", "abdc"), ("last", "abdc")])
def test_moving_one_keeps_the_order_of_the_others(move, expected):
    assert "".join(moved(list("abcd"), "c", move)) == expected


def test_the_ends_of_the_queue_are_its_ends():
    assert moved(["a", "b"], "a", "up") == ["a", "b"]
    assert moved(["a", "b"], "b", "down") == ["a", "b"]


def test_a_waiting_run_can_be_moved_and_later_ones_queue_up_behind(full):
    ids = [start(seed) for seed in range(3)]
    jobs.move(ids[2], "first")
    late = start(9)

    assert order() == [ids[2], ids[0], ids[1], late]


def test_only_a_waiting_run_can_be_moved(full):
    id = start()
    jobs.stop(id)

    with pytest.raises(Refused):
        jobs.move(id, "first")


def test_each_gpu_has_a_slot_and_the_processor_only_for_those_who_ask(two_gpus, at_work):
    """Two runs take a GPU each, the third waits, the fourth asked for the processor and doesn't wait for it."""
    ids = []
    for seed, device in enumerate(("auto", "auto", "auto", "cpu")):
        ids.append(start(seed, device))
        if jobs.run(ids[-1]).state == "done":
            at_work(ids[-1], *jobs.run(ids[-1]).devices)

    assert [jobs.run(id).devices for id in ids] == [("gpu:0",), ("gpu:1",), (), ("cpu",)]
    assert order() == [ids[2]]


def test_a_run_on_two_gpus_waits_for_both(two_gpus, at_work):
    one = start(0)
    at_work(one, "gpu:0")
    both = start(1, devices=2)

    assert jobs.run(both).state == "queued"
    jobs.change(home() / "models" / one, state="done")
    jobs.start_waiting()
    assert jobs.run(both).devices == ("gpu:0", "gpu:1")


def test_a_device_that_isnt_there_is_refused():
    with pytest.raises(Refused, match="gpu:7"):
        start(device="gpu:7")

    assert jobs.all() == []


def test_a_worker_that_is_there_at_once_waits_until_its_run_is_written_down(monkeypatch):
    """The worker begins while the starter still holds the queue; its word comes last."""
    import threading

    said = []

    def begin(id):
        worker = threading.Thread(target=lambda: (jobs.wait_for_starter(), said.append("worker")))
        worker.start()
        worker.join(0.3)
        said.append("starter")
        begun.append(worker)

    begun = []
    monkeypatch.setattr(jobs, "_begin", begin)
    start()
    begun[0].join()

    assert said == ["starter", "worker"]
