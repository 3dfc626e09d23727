"""The process of a run, on bad days: its folder is deleted, the disk is full, the memory is used up."""

import errno
import json
import shutil
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from mlcore import durable, jobs
from mlcore.errors import Kind, Refused
from mlcore.events import EpochEnded, RunFailed, RunStopped, StageStarted
from mlcore.home import home
from mlcore.jobs import ending, faults, holding, postmortem, room, standing, tasks, worker
from mlcore.machine import disk, memory
from mlcore.settings import Settings
from mlcore.training import checkpoint
from mlcore.training.rollback import EpochCheckpoints
from tests.mishaps import TAKES_ROOM, Killed, mishap

EPOCHS = 3


@pytest.fixture(autouse=True)
def calm(monkeypatch):
    """This process stays as it is: as nice, with its own signals and no sign of life beside the work."""
    monkeypatch.setattr(worker.os, "nice", lambda by: 0)
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
    monkeypatch.setattr(worker._Worker, "_show_life", lambda self: None)
    monkeypatch.setattr(durable, "_kept", set())
    monkeypatch.setattr(jobs, "_begin", lambda id: None)


@pytest.fixture
def toy(monkeypatch):
    """Makes the folder of a task that does what a function says."""

    def make(work):
        about = tasks.About("runs", "nothing")
        entry = SimpleNamespace(settings=Settings, run=work, about=about, title="Toy", check=None)
        monkeypatch.setattr(tasks.shelf, "get", lambda name: entry)
        return home() / "models" / jobs.start_task("toy", {})

    return make


def learn(settings, folder, emit, should_stop):
    """As training does it: each epoch is told, then saved; it goes on from what was saved."""
    checkpoints = EpochCheckpoints(folder / "checkpoints", emit)
    _, progress = checkpoints.newest() or (None, checkpoint.Progress(total_steps=EPOCHS))
    emit(StageStarted("Learning"))
    while progress.step < EPOCHS:
        if should_stop():
            raise tasks.stopped()
        progress.step += 1
        score = progress.step / EPOCHS
        progress.history.append({"epoch": progress.step, "val_accuracy": score})
        emit(EpochEnded(progress.step, progress.step, None, None, None, score, None, 1.0, 1.0))
        checkpoints.end_epoch({"w": np.full(500, progress.step)}, progress, last=True)


def told(folder):
    """The score that was told last of each epoch."""
    ended = [line.event for line in jobs.read_events(folder.name)[0] if isinstance(line.event, EpochEnded)]
    return {event.epoch: event.val_accuracy for event in ended}


def saved(folder):
    newest = checkpoint.load(folder / "checkpoints")
    return {entry["epoch"]: entry["val_accuracy"] for entry in newest[1].history} if newest else {}


def agree(folder):
    """What was saved was told."""
    return saved(folder).items() <= told(folder).items()


def writes(folder):
    with mishap(0, Killed) as counted:
        assert worker.main(folder) == 0
    return len(counted.calls)


def resumed(folder):
    jobs.resume(folder.name)
    jobs.change(folder, state="starting")
    postmortem.forget(folder)
    return worker.main(folder)


def test_killed_at_each_write_a_run_keeps_all_and_goes_on(toy):
    count = writes(toy(learn))
    assert count > 35
    for at in range(1, count + 1):
        folder = toy(learn)
        with mishap(at, Killed), pytest.raises(Killed):
            worker.main(folder)

        run = jobs.run(folder.name)
        assert run.state in ("queued", "interrupted", "done"), at
        assert agree(folder), at
        if run.state == "interrupted":
            assert run.message == postmortem.KILLED
            resumed(folder)
        if run.state == "queued":
            worker.main(folder)
        assert jobs.run(folder.name).state == "done", at
        assert saved(folder) == told(folder) == {1: 1 / 3, 2: 2 / 3, 3: 1.0}, at
        assert not list(folder.rglob(f"*{durable.TEMPORARY}")) or run.state == "done"
        shutil.rmtree(folder)


def test_a_disk_that_fills_up_at_each_write_is_told_and_nothing_is_lost(toy):
    with mishap(0, OSError, TAKES_ROOM) as counted:
        worker.main(toy(learn))
    assert len(counted.calls) > 20
    for at in range(1, len(counted.calls) + 1):
        folder = toy(learn)
        jobs.change(folder, state="starting")
        with mishap(at, OSError, TAKES_ROOM):
            worker.main(folder)

        run = jobs.run(folder.name)
        assert (run.state, run.failure) in {("failed", "disk-full"), ("interrupted", "disk-full"), ("done", "")}, at
        assert run.message == ("" if run.state == "done" else "The disk is full; free some space, then resume."), at
        assert agree(folder), at
        if run.state != "done":
            assert resumed(folder) == 0
        assert jobs.run(folder.name).state == "done"
        assert saved(folder) == told(folder) == {1: 1 / 3, 2: 2 / 3, 3: 1.0}, at
        shutil.rmtree(folder)


def test_stopped_on_a_full_disk_it_says_so(toy):
    def stop(settings, folder, emit, should_stop):
        raise tasks.stopped()

    failures = []
    for at in range(1, 12):
        folder = toy(stop)
        jobs.change(folder, state="starting")
        with mishap(at, OSError, TAKES_ROOM):
            worker.main(folder)
        run = jobs.run(folder.name)
        assert (run.state == "stopped") == (run.failure == "")
        failures.append(run.failure)
    assert set(failures) == {Kind.DISK_FULL, ""}


@pytest.mark.parametrize("by", ["folder", "files"])
def test_a_folder_that_is_deleted_while_it_works_stays_away(toy, by):
    """Deleted file by file, the folder itself is still there when the worker writes its next file."""

    def work(settings, folder, emit, should_stop):
        emit(StageStarted("Learning"))
        if by == "folder":
            shutil.rmtree(folder)
        for path in folder.glob("*") if by == "files" else ():
            path.unlink()
        for path in folder.glob(".*") if by == "files" else ():
            path.unlink()
        assert should_stop()
        checkpoint.save(folder / "checkpoints", {"w": np.ones(3)}, checkpoint.Progress())
        raise tasks.stopped()

    folder = toy(work)
    assert worker.main(folder) == 1
    assert not folder.exists()
    assert jobs.all() == []


def test_another_folder_of_that_name_is_left_alone(toy):
    def work(settings, folder, emit, should_stop):
        shutil.rmtree(folder)
        folder.mkdir()
        (folder / "recipe.json").write_text("{}")
        raise RuntimeError

    folder = toy(work)
    assert worker.main(folder) == 1
    assert [path.name for path in folder.iterdir()] == ["recipe.json"]


def test_what_a_worker_signs_is_proof(toy):
    proven = []

    def work(settings, folder, emit, should_stop):
        proven.append((ending.worker_of(folder).pid, holding.is_held(folder), jobs.run(folder.name).state))

    folder = toy(work)
    worker.main(folder)
    assert proven == [(worker.os.getpid(), True, "running")]
    assert not holding.is_held(folder)
    assert ending.worker_of(folder) is None


def test_a_second_worker_leaves_a_run_alone(toy, monkeypatch):
    folder = toy(lambda *_: pytest.fail("two at work"))
    monkeypatch.setattr(holding, "_locked", lambda handle, seconds: holding._try(handle, holding.fcntl.LOCK_EX))
    with holding.hold(folder):
        assert worker.main(folder) == 0
    assert jobs.run(folder.name).state == "queued"


def test_a_worker_waits_for_who_only_looks_whether_there_is_one(toy):
    folder = toy(learn)
    handle = holding.os.open(folder / holding.NAME, holding.os.O_RDWR | holding.os.O_CREAT)
    holding.fcntl.flock(handle, holding.fcntl.LOCK_SH)
    threading.Timer(0.2, holding.os.close, [handle]).start()

    assert worker.main(folder) == 0
    assert jobs.run(folder.name).state == "done"


# room on the disk


def test_start_on_a_full_disk_is_refused_with_figures_and_leaves_nothing(toy, monkeypatch):
    monkeypatch.setattr(disk, "free", lambda path: 3_400_000)

    with pytest.raises(Refused, match=r"needs 10 MB on the disk, and 3\.4 MB are free; make room") as refused:
        toy(learn)
    assert refused.value.kind == Kind.DISK_FULL
    assert not (home() / "models").exists()


def test_a_disk_that_fills_up_at_each_write_of_start_leaves_nothing(toy):
    toy(learn)
    with mishap(0, OSError, TAKES_ROOM) as counted:
        toy(learn)
    before = sorted(path.name for path in (home() / "models").iterdir())
    for at in range(1, len(counted.calls) + 1):
        with mishap(at, OSError, TAKES_ROOM):
            try:
                whole = [toy(learn).name]
            except Refused as refused:
                words, whole = refused.message, []
        assert sorted(path.name for path in (home() / "models").iterdir()) == sorted([*before, *whole])
        before += whole
    assert words == "The disk is full, so the run wasn't put down; make some room."


def test_killed_at_each_write_of_start_there_is_a_whole_run_or_none(toy):
    toy(learn)
    with mishap(0, Killed) as counted:
        toy(learn)
    for at in range(1, len(counted.calls) + 1):
        before = len(jobs.all())
        with mishap(at, Killed), pytest.raises(Killed):
            toy(learn)
        assert len(jobs.all()) in (before, before + 1)
        folders = [path for path in (home() / "models").iterdir() if not path.name.startswith(".")]
        assert len(folders) == len(jobs.all())


def test_a_run_that_waits_for_room_says_so_and_isnt_begun(toy, monkeypatch):
    begun = []
    folder = toy(learn)
    monkeypatch.setattr(jobs, "_begin", begun.append)
    monkeypatch.setattr(disk, "free", lambda path: 1_000_000)

    assert jobs.run(folder.name).message == room.lack()
    assert jobs.start_waiting() == []
    monkeypatch.undo()


def test_a_run_at_work_tells_when_little_room_is_left(toy, monkeypatch):
    folder = toy(learn)
    with holding.hold(folder):
        jobs.change(folder, state="running")
        assert jobs.run(folder.name).message == ""
        monkeypatch.setattr(disk, "free", lambda path: standing.LITTLE_BYTES - 1e5)
        assert jobs.run(folder.name).message.startswith("Only 49.9 MB are free on its disk")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "x"),
        OSError(errno.EDQUOT, "x"),
        OSError("Unable to write (file write failed: errno = 28, error message = 'No space left on device')"),
        RuntimeError("RESOURCE_EXHAUSTED: /a/b; No space left on device"),
    ],
)
def test_libraries_say_in_many_ways_that_a_disk_is_full(error):
    assert disk.is_full(error)
    outer = ValueError("can't be saved")
    outer.__cause__ = error
    assert faults.reason(outer) == (Kind.DISK_FULL, "The disk is full; free some space, then resume.")


def test_an_error_of_its_own_isnt_a_full_disk():
    assert not disk.is_full(None)
    assert not disk.is_full(OSError(errno.EACCES, "denied"))


# memory


@pytest.mark.parametrize(
    ("error", "near", "kind"),
    [
        (SystemError("error return without exception set"), True, Kind.OUT_OF_MEMORY),
        (SystemError("error return without exception set"), False, "internal"),
        (ImportError("failed to map segment from shared object"), True, Kind.OUT_OF_MEMORY),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), False, Kind.OUT_OF_MEMORY),
        (RuntimeError("can't start new thread"), False, Kind.OUT_OF_MEMORY),
        (ValueError("shapes"), True, "internal"),
    ],
)
def test_a_limit_of_address_space_is_told_as_memory(monkeypatch, error, near, kind):
    """`near`: the process has nearly used up what it may have, here 1.5 GB."""
    monkeypatch.setattr(faults, "_limit", lambda: 1_500_000_000)
    info = SimpleNamespace(vms=1_400_000_000 if near else 200_000_000)
    monkeypatch.setattr(faults.psutil, "Process", lambda: SimpleNamespace(memory_info=lambda: info))
    monkeypatch.setattr(memory, "available", lambda: 10**10)
    monkeypatch.setattr(memory, "total", lambda: 2 * 10**10)
    found, words = faults.reason(error)

    assert found == kind
    if kind == Kind.OUT_OF_MEMORY:
        assert words == "The machine ran out of memory, of which this process may have 1.5 GB."


def test_a_failed_run_tells_why_in_its_status_and_events(toy):
    def fail(settings, folder, emit, should_stop):
        raise MemoryError

    folder = toy(fail)
    assert worker.main(folder) == 1
    run = jobs.run(folder.name)
    assert (run.state, run.failure) == ("failed", Kind.OUT_OF_MEMORY)
    assert [line.event for line in jobs.read_events(run.id)[0]] == [RunFailed("out-of-memory", run.message)]


def test_a_process_that_hangs_after_its_work_is_ended():
    code = "import time; from mlcore.jobs import worker; worker.LEAVING_SECONDS = 1; worker.leaving(0); time.sleep(60)"
    ended = subprocess.run([sys.executable, "-c", code], timeout=50)

    assert ended.returncode == -signal.SIGALRM


def test_a_request_to_stop_is_heard_and_forgotten(toy):
    def work(settings, folder, emit, should_stop):
        ending.note(folder, ending.ASKED)
        assert should_stop()
        raise tasks.stopped()

    folder = toy(work)
    assert worker.main(folder) == 0
    assert jobs.run(folder.name).message == "Stopped on request; resume goes on from here."
    assert [type(line.event) for line in jobs.read_events(folder.name)[0]] == [RunStopped]
    assert not ending.asked(folder)
    assert json.loads((folder / holding.NAME).read_text())["pid"] == worker.os.getpid()
