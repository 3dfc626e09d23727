"""Runs that hang, and those of other machines: what the pages say of them and offer."""

import pytest

from mlcore import jobs, training
from mlcore.jobs import ending, executor, holding
from mlcore.library import folder as folder_of

AWAY = {"name": "at*tic", "boot": "another boot", "pids": "pid:[1]"}


@pytest.fixture
def at_work(monkeypatch, tiny_data):
    """A run that a worker holds, this very process."""
    monkeypatch.setattr(jobs, "_begin", lambda id: None)
    id = jobs.start(training.draft("shapes", "mlp", None), "Mine")
    with holding.hold(folder_of(id)):
        jobs.change(folder_of(id), state="running")
        yield id


@pytest.mark.parametrize(("page", "key"), [("runs", "runs.stop"), ("train", "progress.stop")])
def test_stop_becomes_a_button_that_ends_by_force(open_page, check, at_work, monkeypatch, page, key):
    asked = []
    monkeypatch.setattr(executor.here, "stop", lambda folder: ending.note(folder, ending.ASKED))
    monkeypatch.setattr(executor.here, "force", lambda folder: "SIGTERM" if asked else "")
    monkeypatch.setattr(executor.here, "end", lambda folder: asked.append(folder.name))

    drawn = open_page(page, run=at_work)
    assert drawn.button(key=key).label == "Stop"
    check(drawn.button(key=key).click().run())
    assert drawn.button(key=key).disabled

    asked.append("")
    check(drawn.run())
    assert drawn.button(key=key).label == "End it now (SIGTERM)"
    check(drawn.button(key=key).click().run())
    assert asked == ["", at_work]


def test_what_another_machine_left_is_taken_over_first(open_page, check, at_work):
    jobs.change(folder_of(at_work), machine=AWAY, state="queued")
    page = open_page("runs", run=at_work)

    assert page.button(key="runs.delete").disabled
    assert page.button(key="runs.take_over").label == r"at\*tic is gone for good: take it over"
    check(page.button(key="runs.take_over").click().run())
    assert jobs.run(at_work).is_ours
    assert "runs.take_over" not in [button.key for button in page.button]
