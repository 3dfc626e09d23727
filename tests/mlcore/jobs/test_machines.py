"""Several machines on one home: each leaves the others' runs alone until it is told that one is gone for good."""

import os

import pytest

from mlcore import jobs, training
from mlcore.errors import Refused
from mlcore.jobs import ending, holding, machines, process, queue, signs

HERE = machines.here()
AWAY = {"name": "attic", "boot": "another boot", "pids": "pid:[1]"}
NEIGHBOUR = {"name": "attic", "boot": HERE.boot, "pids": "pid:[1]"}  # another container of this machine
TWIN = {"name": HERE.name, "boot": HERE.boot, "pids": "pid:[1]"}  # a container of the same name, or this one restarted
BEFORE = {"name": HERE.name, "boot": "the last boot", "pids": HERE.pids}  # this machine, before it was started anew


def at_work(folder, machine, **more):
    jobs.change(folder, state="running", pid=1, born="a stamp of that machine", machine=machine, **more)
    return jobs.run(folder.name)


def sign_of_life(folder, age=0.0):
    (folder / signs.ALIVE).write_text("{}")
    moment = (folder / signs.ALIVE).stat().st_mtime - age
    os.utime(folder / signs.ALIVE, (moment, moment))


def test_a_status_names_its_machine(waiting_run):
    assert machines.of(jobs.record.read(waiting_run)) == HERE
    assert jobs.run(waiting_run.name).is_ours


@pytest.mark.parametrize("machine", [AWAY, NEIGHBOUR, TWIN, BEFORE])
def test_a_lock_that_is_held_says_that_a_run_lives_wherever_it_is(waiting_run, machine):
    with holding.hold(waiting_run):
        run = at_work(waiting_run, machine)
        assert run.state == "running"
        for refused in (jobs.remove, jobs.resume, jobs.take_over):
            with pytest.raises(Refused):
                refused(run.id)
    assert waiting_run.exists()


@pytest.mark.parametrize(
    ("machine", "age", "state", "ours"),
    [
        (AWAY, 5, "running", False),  # its locks can't be seen here, but its sign of life
        (AWAY, 100, "interrupted", False),
        (BEFORE, 100, "interrupted", True),
        (NEIGHBOUR, 5, "interrupted", False),  # the kernel's own lock is free: no process works on it
        (TWIN, 5, "interrupted", True),
        ({}, 5, "interrupted", True),  # an older version named no machine
    ],
)
def test_without_a_lock_the_sign_of_life_tells_where_the_number_cant(waiting_run, machine, age, state, ours):
    sign_of_life(waiting_run, age)
    run = at_work(waiting_run, machine)

    assert (run.state, run.is_ours) == (state, ours)


def test_what_another_machine_left_is_neither_deleted_nor_resumed_without_its_word(waiting_run):
    sign_of_life(waiting_run, 3 * 60)
    run = at_work(waiting_run, AWAY)

    assert run.message == "It ran on the machine 'attic', which has given no sign of life for 3 min 0 s."
    assert (run.can_resume, run.can_take_over) == (False, True)
    for verb, words in ((jobs.remove, "delete it there"), (jobs.resume, "resume it there")):
        with pytest.raises(Refused, match=f"belongs to the machine 'attic'; {words}, or take it over"):
            verb(run.id)

    run = jobs.take_over(run.id)
    assert (run.state, run.is_ours, run.can_resume) == ("interrupted", True, True)
    jobs.remove(run.id)
    assert not waiting_run.exists()


def test_a_run_that_ended_in_words_belongs_to_the_home(waiting_run):
    for state in ("stopped", "failed", "done"):
        jobs.change(waiting_run, state=state, machine=AWAY)
        assert jobs.run(waiting_run.name).is_ours
    jobs.remove(waiting_run.name)


def test_a_live_run_of_another_machine_is_asked_to_stop_and_no_more(waiting_run, monkeypatch):
    monkeypatch.setattr(process, "_detached", lambda *_: process.subprocess.Popen(["true"]))
    with holding.hold(waiting_run):
        at_work(waiting_run, NEIGHBOUR)
        run = jobs.stop(waiting_run.name)
        moment = (waiting_run / ending.STOP).stat().st_mtime - 600
        os.utime(waiting_run / ending.STOP, (moment, moment))

        assert (run.state, jobs.run(run.id).force) == ("stopping", "")
        assert run.message == "Runs on the machine 'attic'. Stops after the step it is in."


def test_what_waits_on_another_machine_isnt_started_moved_or_taken_out(waiting_run, monkeypatch):
    begun = []
    monkeypatch.setattr(jobs, "_begin", begun.append)
    jobs.change(waiting_run, machine=AWAY)
    id = waiting_run.name

    assert jobs.start_waiting() == []
    assert "Waits on the machine 'attic'" in jobs.run(id).message
    assert (jobs.run(id).position, jobs.run(id).can_stop) == (0, False)
    for verb in (jobs.stop, lambda id: jobs.move(id, "first")):
        with pytest.raises(Refused, match="attic"):
            verb(id)
    jobs.take_over(id)
    assert begun == [id]


def test_runs_of_other_hardware_fill_no_slot_those_of_a_neighbour_do(waiting_run, monkeypatch):
    other = training.draft("shapes", "mlp", None, ["training.epochs=1"])
    monkeypatch.setattr(queue, "assign", queue.assign)
    with holding.hold(waiting_run):
        at_work(waiting_run, AWAY, device="cpu")
        second = jobs.start(other)
        assert queue.assign(jobs.status.listing(), ["cpu"], 1) == {second: ["cpu"]}

        at_work(waiting_run, NEIGHBOUR, device="cpu")
        assert queue.assign(jobs.status.listing(), ["cpu"], 1) == {}


def test_a_folder_in_which_a_process_works_isnt_removed_because_its_status_cant_be_read(waiting_run):
    (waiting_run / "status.json").write_text("{")
    with holding.hold(waiting_run), pytest.raises(Refused, match="A process is at work"):
        jobs.remove_unreadable(waiting_run.name)
    assert waiting_run.exists()
    jobs.remove_unreadable(waiting_run.name)
    assert not waiting_run.exists()


@pytest.mark.parametrize("odd", [5, [], "x", {"name": 3}, {"boot": []}, None])
def test_an_odd_machine_is_none(waiting_run, odd):
    jobs.change(waiting_run, machine=odd)

    assert jobs.run(waiting_run.name).is_ours


def test_a_new_process_is_waited_for_before_it_has_its_lock(waiting_run):
    for machine in (AWAY, NEIGHBOUR):
        jobs.change(waiting_run, state="starting", machine=machine, started=process.time.time())
        assert jobs.run(waiting_run.name).state == "starting"
        jobs.change(waiting_run, started=process.time.time() - 600)
        assert jobs.run(waiting_run.name).state == "interrupted"


def test_a_run_whose_process_has_no_number_yet_starts(waiting_run):
    jobs.change(waiting_run, state="starting", pid=None, started=process.time.time())

    assert jobs.run(waiting_run.name).state == "starting"


def test_a_run_that_a_full_disk_kept_from_starting_waits_on(waiting_run, monkeypatch):
    def full(id):
        jobs.change(waiting_run, state="starting", started=process.time.time())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(jobs, "_begin", full)
    assert jobs.start_waiting() == []
    assert jobs.run(waiting_run.name).state == "queued"


def test_a_machine_that_was_given_another_name_knows_its_own_runs(waiting_run):
    run = at_work(waiting_run, {"name": "laptop.cafe", "boot": HERE.boot, "pids": HERE.pids})

    assert (run.is_ours, run.elsewhere) == (True, "")


def test_without_a_boot_id_another_name_is_another_machine(monkeypatch):
    monkeypatch.setattr(machines, "here", lambda: machines.Machine(name="mac-b"))

    assert not machines.Machine(name="mac-a").shares_kernel
    assert machines.Machine(name="mac-b").shares_numbers


def test_a_run_that_an_older_version_began_is_known_by_its_process(waiting_run):
    born = machines.start_stamp(os.getpid())
    jobs.change(waiting_run, state="running", pid=os.getpid(), born=born, machine=None)
    assert jobs.run(waiting_run.name).state == "running"

    jobs.change(waiting_run, born="another start")
    assert jobs.run(waiting_run.name).state == "interrupted"
