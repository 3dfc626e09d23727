"""What can't be read among runs and models is named with its reason and removed on request; the others go on."""

import os
import shutil

import pytest

from mlcore import durable, events, jobs, library, training
from mlcore.errors import Kind, Refused
from mlcore.home import home


@pytest.fixture(autouse=True)
def parked(monkeypatch, tiny_data):
    """No process is started."""
    monkeypatch.setattr(jobs, "_begin", lambda id: None)


def start() -> str:
    return jobs.start(training.draft("shapes", "mlp", None, ["settings.hidden=[8]"]))


def folder(id):
    return home() / "models" / id


def reasons() -> dict[str, tuple[str, bool]]:
    return {each.name: (each.reason, each.listed) for each in jobs.unreadable()}


def write(id, name, text):
    folder(id).mkdir(parents=True, exist_ok=True)
    (folder(id) / name).write_text(text)


def test_whole_runs_are_not_named():
    start()

    assert reasons() == {}


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("status.json", "{", "isn't JSON"),
        ("status.json", '{"state": "done", "created": "yesterday"}', "'created' can't be 'yesterday'"),
        ("status.json", '{"state": "done", "started": 1e20}', "'started' can't be 1e+20"),
        ("status.json", '{"state": "done", "title": "\\ud800"}', "half a character"),
        ("status.json", '{"state": "flying"}', "'state' can't be 'flying'"),
        ("recipe.json", "[]", "another shape"),
        ("recipe.json", '{"data": "shapes"}', "'architecture' is missing"),
    ],
)
def test_a_damaged_run_is_named_with_its_reason_and_removed(name, text, reason):
    good, bad = start(), start()
    write(bad, name, text)

    assert [run.id for run in jobs.all()] == [good]
    assert reason in reasons()[bad][0]
    assert not reasons()[bad][1]
    jobs.remove_unreadable(bad)
    assert (reasons(), folder(bad).exists()) == ({}, False)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
@pytest.mark.parametrize("name", ["status.json", "recipe.json", "events.jsonl", "card.json", "task.json"])
def test_a_pipe_a_folder_or_an_endless_device_in_place_of_a_file_holds_nothing_up(make, name):
    good, bad = start(), start()
    (folder(bad) / name).unlink(missing_ok=True)
    make(folder(bad) / name)

    assert good in {run.id for run in jobs.all()}
    assert repr(name) in reasons()[bad][0]
    assert jobs.read_events(bad) == ([], 0) or name != "events.jsonl"


def test_odd_names_and_what_is_no_folder_are_named_and_only_that_goes(tmp_path):
    (home() / "models").mkdir(exist_ok=True)
    (home() / "models" / "My model (copy)").mkdir()
    (home() / "models" / "a-file").write_text("")
    (tmp_path / "precious").mkdir()
    (home() / "models" / "a-link").symlink_to(tmp_path / "precious")
    os.utime(tmp_path / "precious", (1.7e9, 1.7e9))

    assert sorted(reasons()) == ["My model (copy)", "a-file", "a-link"]
    for name in reasons():
        jobs.remove_unreadable(name)
    assert (reasons(), (tmp_path / "precious").is_dir()) == ({}, True)


def test_a_model_of_a_newer_version_is_listed_with_what_is_left_out(tiny_model):
    card = durable.read_json(folder(tiny_model) / "card.json")
    durable.write_json(folder(tiny_model) / "card.json", {**card, "colour": "red"})

    assert tiny_model in {card.id for card in library.all()}
    assert "newer version" in reasons()[tiny_model][0]
    assert "colour" in reasons()[tiny_model][0]
    assert library.open(tiny_model).card.title == card["title"]
    with pytest.raises(Refused):
        jobs.remove_unreadable(tiny_model)


def test_opening_a_model_with_a_damaged_card_says_why(tiny_model):
    card = durable.read_json(folder(tiny_model) / "card.json")
    durable.write_json(folder(tiny_model) / "card.json", {**card, "created": "yesterday"})

    with pytest.raises(Refused, match="'created' can't be 'yesterday'") as refused:
        library.open(tiny_model)
    assert refused.value.kind == Kind.UNREADABLE_FILE


@pytest.mark.parametrize("state", ["queued", "starting", "running"])
def test_a_folder_that_was_copied_here_doesnt_begin_by_itself(state):
    id = start()
    jobs.change(folder(id), state=state, pid=os.getpid(), born=jobs.start_stamp(os.getpid()))
    shutil.copytree(folder(id), folder("copied"))
    jobs.start_waiting()
    copied = jobs.run("copied")

    assert jobs.run(id).state == ("queued" if state == "queued" else "interrupted")  # no worker holds it
    assert (copied.state, copied.position) == ("interrupted", 0)
    assert "copied" in copied.message
    jobs.resume("copied")
    assert jobs.run("copied").state == "queued"


def test_what_was_queued_by_an_older_version_waits_for_a_word():
    id = start()
    status = durable.read_json(folder(id) / "status.json")
    durable.write_json(folder(id) / "status.json", {key: value for key, value in status.items() if key != "ticket"})

    assert jobs.run(id).state == "interrupted"
    assert jobs.resume(id).state == "queued"


def test_a_folder_with_links_in_it_isnt_resumed(tmp_path):
    id = start()
    jobs.stop(id)
    (tmp_path / "precious").write_text("mine")
    (folder(id) / "log.txt").symlink_to(tmp_path / "precious")

    with pytest.raises(Refused, match="is a link"):
        jobs.resume(id)
    assert (tmp_path / "precious").read_text() == "mine"


@pytest.mark.parametrize(("step", "steps", "share"), [(5, 10, 0.5), (10**17, 10, 1.0), (-5, 10, 0.0), (5, 0, 1.0)])
def test_progress_stays_between_nothing_and_all(step, steps, share):
    id = start()
    jobs.change(folder(id), state="interrupted")
    events.append(folder(id) / "events.jsonl", events.StepsDone(1, step, steps, 1.0, 1.0, 1.0, 1.0, 1.0))

    assert jobs.run(id).progress == share


def test_the_log_is_read_from_its_end(monkeypatch):
    id = start()
    monkeypatch.setattr(jobs, "LOG_BYTES", 4)
    write(id, "log.txt", "0123456789")

    assert jobs.log(id) == "6789"
    (folder(id) / "log.txt").unlink()
    assert jobs.log(id) == ""
    os.mkfifo(folder(id) / "log.txt")
    assert jobs.log(id) == "'log.txt' is a pipe and not a file."


@pytest.mark.parametrize("text", ["[]", '{"endings": "many"}', '{"available": [], "total": {}}', "[" * 9000])
@pytest.mark.parametrize("name", ["alive", "gone.json", ".worker", "stop", "log.txt"])
def test_odd_notes_of_a_run_that_is_gone_hold_up_no_list(name, text):
    good, bad = start(), start()
    jobs.change(folder(bad), state="running", pid=1, born="never", started=1.0)
    write(bad, "alive", '{"available": 5, "total": 10, "endings": 1}')
    write(bad, name, text)

    assert {run.id: run.state for run in jobs.all()} == {good: "queued", bad: "interrupted"}
