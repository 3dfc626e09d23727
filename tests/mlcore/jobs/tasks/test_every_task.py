"""Every task on the shelf can be started by name, refuses what it can't do, and is read back from its folder."""

from pathlib import Path

import pytest

from mlcore import durable, jobs
from mlcore.errors import Refused
from mlcore.home import home
from mlcore.jobs import tasks
from mlcore.settings import fields

PAGES = {path.stem for path in (Path(__file__).parents[4] / "pages").glob("*.py")}


@pytest.fixture(autouse=True)
def parked(monkeypatch):
    """No process is started: for what the queue alone decides."""
    monkeypatch.setattr(jobs, "_begin", lambda id: None)


@pytest.mark.parametrize("entry", tasks.shelf.all(), ids=lambda entry: entry.name)
def test_a_task_says_what_it_does_and_what_can_be_set(entry):
    assert entry.summary.endswith(".")
    assert all(field.help for field in fields(entry.settings))
    assert entry.about.page in PAGES
    assert entry.about.makes


def test_a_task_waits_in_the_same_queue_as_training():
    id = jobs.start_task("evaluate", {"model": "tiny"}, "How good?")
    run = jobs.run(id)

    assert (run.kind, run.state, run.position, run.title) == ("evaluate", "queued", 1, "How good?")
    assert run.recipe is None
    assert run.settings == {"model": "tiny", "data": "", "split": "test"}
    assert sorted(path.name for path in (home() / "models" / id).glob("[!.]*")) == ["status.json", "task.json"]


def test_unknown_tasks_and_settings_are_refused_and_leave_nothing():
    for kind, settings in (("fly", {}), ("evaluate", {"colour": 1}), ("evaluate", {"split": "all"})):
        with pytest.raises(Refused):
            jobs.start_task(kind, settings)

    assert jobs.all() == []


@pytest.mark.parametrize("content", ["", "[]", '{"kind": 3, "settings": {}}', '{"kind": "evaluate"}'])
def test_a_damaged_task_takes_only_its_own_run_away(content):
    good, bad = (jobs.start_task("evaluate", {"model": "tiny"}) for _ in range(2))
    durable.write_text(home() / "models" / bad / "task.json", content)

    assert [run.id for run in jobs.all()] == [good]
