"""A worker in waiting: it takes a run, or goes when nobody needs it."""

import json
import os
import subprocess
import sys
import time

import pytest

from mlcore import durable, jobs, training
from mlcore.home import home
from mlcore.jobs import standby as waiting
from mlcore.jobs import standby_worker


@pytest.fixture
def orders():
    """Both ends of a pipe for orders."""
    read, write = os.pipe()
    yield read, write
    for end in (read, write):
        try:
            os.close(end)
        except OSError:
            continue


@pytest.fixture(autouse=True)
def calm(monkeypatch):
    """This process stays as it is: not nicer, and its output where it was."""
    monkeypatch.setattr(standby_worker.os, "nice", lambda by: 0)
    monkeypatch.setattr(standby_worker, "_print_into", lambda log: None)
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_it_does_what_it_is_told_after_loading(orders, tmp_path):
    happened = []
    os.write(orders[1], json.dumps({"folder": str(tmp_path), "environment": {"MLCORE_HOME": "here"}}).encode() + b"\n")

    assert (
        standby_worker.main(lambda: happened.append("loaded"), lambda folder: happened.append(folder) or 7, orders[0])
        == 7
    )
    assert happened == ["loaded", tmp_path]
    assert os.environ["MLCORE_HOME"] == "here"


def test_it_goes_when_whoever_started_it_is_gone(orders):
    os.close(orders[1])

    assert standby_worker.main(lambda: None, pytest.fail, orders[0]) == 0


def test_it_goes_when_nobody_needs_it(orders):
    started = time.monotonic()

    assert standby_worker.main(lambda: None, pytest.fail, orders[0], idle=0.1) == 0
    assert time.monotonic() - started >= 0.1


def test_half_an_order_is_none(orders):
    os.write(orders[1], b'{"folder": "x"')
    os.close(orders[1])

    assert standby_worker.main(lambda: None, pytest.fail, orders[0]) == 0


def test_it_is_optional(monkeypatch):
    monkeypatch.setattr(waiting.subprocess, "Popen", pytest.fail)
    waiting.keep()  # VITRINE_WARM is 0 in all tests
    monkeypatch.setenv("VITRINE_WARM", "1")
    monkeypatch.setattr(waiting.memory, "available", lambda: 1e9)
    waiting.keep()

    assert waiting.take(home(), {}) is None


def test_one_that_has_gone_is_no_help(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    gone.wait()
    waiting._waiting.append(gone)

    assert waiting.take(tmp_path, {}) is None


@pytest.mark.slow
def test_a_run_is_done_by_the_one_in_waiting(tiny_data, monkeypatch):
    monkeypatch.setenv("VITRINE_WARM", "1")
    monkeypatch.setattr(waiting.memory, "available", lambda: 1e12)
    waiting.keep()
    pid = waiting._waiting[0].pid
    id = jobs.start(training.draft("shapes", "mlp", None, ["settings.hidden=[8]", "training.epochs=1"]))

    assert durable.read_json(home() / "models" / id / "status.json")["pid"] == pid
    while jobs.run(id).live:
        time.sleep(0.2)
    assert jobs.run(id).state == "done", jobs.log(id)
