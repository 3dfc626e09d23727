"""A worker is asked, then told, then killed; a process that isn't proven to be the run's worker is never touched."""

import os
import signal
import threading
import time

import pytest

from mlcore import jobs
from mlcore.errors import Refused
from mlcore.events import RunStopped
from mlcore.jobs import ending, escort, holding, machines, process, signs

WAIT_SECONDS = 30


def wait_for(promise):
    end = time.monotonic() + WAIT_SECONDS
    while not promise():
        assert time.monotonic() < end
        time.sleep(0.02)


def age(path, seconds):
    """Make a file so much older."""
    moment = path.stat().st_mtime - seconds
    os.utime(path, (moment, moment))


def later(folder, seconds=20):
    """Let time pass since the last step towards the end."""
    age(folder / ending.STOP, seconds)


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Nobody sees to the end unless the test does."""
    monkeypatch.setattr(process, "_detached", lambda *_: threading.Thread())
    monkeypatch.setattr(process, "_reap", lambda: None)
    monkeypatch.setattr(process, "_children", [])


def test_stop_asks_then_sends_sigterm_then_sigkill_and_each_is_told(waiting_run, stand_in):
    folder, id = waiting_run, waiting_run.name
    worker = stand_in(folder, "deaf")

    run = jobs.stop(id)
    assert (run.state, run.force, run.can_stop) == ("stopping", "", False)
    assert run.message == "Stops after the step it is in."

    later(folder)
    run = jobs.run(id)
    assert (run.force, run.can_stop) == ("SIGTERM", True)
    assert "hasn't for 20 seconds; asked once more, it is sent SIGTERM" in run.message

    run = jobs.stop(id)
    assert (run.state, run.force) == ("stopping", "")
    assert run.message == "Sent SIGTERM, so that it ends."
    assert worker.poll() is None

    later(folder)
    assert jobs.run(id).force == "SIGKILL"
    assert "it is killed (SIGKILL), and what was saved last stays" in jobs.run(id).message

    run = jobs.stop(id)
    assert worker.wait(WAIT_SECONDS) == -signal.SIGKILL
    assert (run.state, run.can_resume) == ("stopped", True)
    assert run.message.startswith("Ended by force (SIGKILL), for it didn't stop when asked.")
    assert [line.event for line in jobs.read_events(id)[0]] == [RunStopped(run.message)]
    assert not ending.asked(folder)


def test_a_worker_that_says_that_it_is_done_before_it_is_killed_is_believed(waiting_run, stand_in):
    worker = stand_in(waiting_run, "deaf")
    for step in (ending.ASKED, ending.TERM):
        ending.note(waiting_run, step)
    later(waiting_run)
    jobs.change(waiting_run, state="done")
    ending.end(waiting_run)

    assert worker.wait(WAIT_SECONDS) == -signal.SIGKILL
    assert (jobs.run(waiting_run.name).state, jobs.run(waiting_run.name).message) == ("done", "")
    assert not ending.asked(waiting_run)


def test_a_worker_that_heeds_sigterm_isnt_killed(waiting_run, stand_in):
    worker = stand_in(waiting_run)
    jobs.stop(waiting_run.name)
    later(waiting_run)
    jobs.stop(waiting_run.name)

    assert worker.wait(WAIT_SECONDS) == -signal.SIGTERM


STRANGERS = {
    "another number": {"pid": 1},
    "no number": {"pid": 0},
    "ourselves": {"pid": os.getpid()},
    "another start": {"born": "another boot 7"},
    "no start": {"born": None},
    "another machine": {"machine": machines.Machine(name="elsewhere", boot="b", pids="c")},
    "other process numbers": {"machine": machines.here().model_copy(update={"pids": "pid:[1]"})},
    "a second name of another run's lock": {"folder": "1"},
}


@pytest.mark.parametrize("what", STRANGERS)
def test_nobody_is_signalled_who_isnt_proven_to_be_the_worker(waiting_run, stand_in, what, monkeypatch):
    stand_in(waiting_run, **STRANGERS[what])
    monkeypatch.setattr(ending.psutil.Process, "send_signal", pytest.fail)
    jobs.stop(waiting_run.name)
    later(waiting_run, 600)

    assert ending.worker_of(waiting_run) is None
    assert jobs.run(waiting_run.name).force == ""
    ending.end(waiting_run)


def test_without_the_lock_nobody_is_the_worker(waiting_run, stand_in):
    worker = stand_in(waiting_run)
    assert ending.worker_of(waiting_run).pid == worker.pid

    copied = waiting_run.with_name("copied")
    copied.mkdir()
    (copied / holding.NAME).write_bytes((waiting_run / holding.NAME).read_bytes())
    assert ending.worker_of(copied) is None


def test_the_escort_ends_one_that_gives_no_sign_of_life_and_the_queue_goes_on(waiting_run, stand_in, monkeypatch):
    worker = stand_in(waiting_run, "deaf")  # some kernels let SIGTERM end a stopped process that has no handler for it
    worker.send_signal(signal.SIGSTOP)
    jobs.stop(waiting_run.name)
    monkeypatch.setattr(ending, "PATIENCE_SECONDS", {**ending.PATIENCE_SECONDS, ending.ASKED: 0.0, ending.TERM: 0.0})
    monkeypatch.setattr(escort, "LOOK_SECONDS", 0.01)
    age(waiting_run / holding.NAME, 40)
    went_on = []
    monkeypatch.setattr(jobs, "start_waiting", lambda: went_on.append(True))
    steps = []
    monkeypatch.setattr(ending, "note", lambda folder, step, note=ending.note: (steps.append(step), note(folder, step)))

    assert "No sign of life for 4" in jobs.run(waiting_run.name).message
    escort.main(waiting_run)

    assert worker.wait(WAIT_SECONDS) == -signal.SIGKILL
    assert steps == ["SIGTERM", "SIGKILL"]
    run = jobs.run(waiting_run.name)
    assert run.state == "stopped"
    assert "It had given no sign of life for 4" in run.message
    assert went_on


def test_the_escort_leaves_one_that_ended_before_it_had_its_lock(waiting_run, monkeypatch):
    monkeypatch.setattr(jobs, "start_waiting", lambda: None)
    machine = machines.here().model_dump()
    jobs.change(waiting_run, state="starting", started=time.time() - 500, pid=2**22 + 1, born="gone", machine=machine)
    ending.note(waiting_run, ending.ASKED)

    assert escort.main(waiting_run) == 0


def test_the_escort_lets_one_be_that_gives_signs_of_life(waiting_run, stand_in, monkeypatch):
    worker = stand_in(waiting_run, "deaf")
    jobs.stop(waiting_run.name)
    later(waiting_run, 600)
    looks = []
    monkeypatch.setattr(escort.time, "sleep", lambda _: looks.append(1) or (len(looks) == 5 and worker.kill()))
    escort.main(waiting_run)

    assert len(looks) >= 5
    assert ending.last_step(waiting_run) == ending.ASKED


def test_a_worker_of_another_user_is_told(waiting_run, stand_in, monkeypatch):
    stand_in(waiting_run)
    jobs.stop(waiting_run.name)
    later(waiting_run)

    def denied(*_):
        raise ending.psutil.AccessDenied(1)

    monkeypatch.setattr(ending.psutil.Process, "send_signal", denied)
    with pytest.raises(Refused, match="belongs to another user"):
        jobs.stop(waiting_run.name)


@pytest.mark.parametrize("content", [b"", b"SIGKILL?", b"\xff\x00", b"asked\nsomething else\n"])
def test_an_odd_file_asks_and_no_more(waiting_run, stand_in, content):
    stand_in(waiting_run)
    (waiting_run / ending.STOP).write_bytes(content)

    assert ending.last_step(waiting_run) == ending.ASKED
    assert jobs.run(waiting_run.name).state == "stopping"


def test_a_sign_of_life_is_the_memorys_state_or_a_touch_of_the_lock(tmp_path):
    assert signs.silent_seconds(tmp_path) == float("inf")
    (tmp_path / holding.NAME).touch()
    age(tmp_path / holding.NAME, 100)
    assert signs.silent_seconds(tmp_path) == pytest.approx(100, abs=5)
    (tmp_path / signs.ALIVE).touch()
    assert signs.silent_seconds(tmp_path) < 5


@pytest.mark.parametrize("thing", ["pipe", "folder", "noise"])
def test_an_odd_lock_file_is_held_by_nobody(tmp_path, thing):
    path = tmp_path / holding.NAME
    {"pipe": os.mkfifo, "folder": os.mkdir, "noise": lambda path: path.write_bytes(b"\xff{[")}[thing](path)

    assert not holding.is_held(tmp_path)
    assert holding.holder(tmp_path) == holding.Holder()
