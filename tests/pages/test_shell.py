"""What surrounds every page."""

import sys
import types

import pytest
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest

from mlcore import durable, jobs, training
from pages.parts import shell
from pages.parts.runs import progress

CLEARS = script_runner._clean_problem_modules  # as Streamlit has it: no page has been opened yet


@pytest.fixture
def timers(monkeypatch):
    """The timers that were started, instead of threads."""
    started = []

    class Timer:
        daemon = False

        def __init__(self, seconds, function):
            self.seconds, self.function = seconds, function

        def start(self):
            started.append(self)

    monkeypatch.setattr(shell.threading, "Timer", Timer)
    shell.warm_up.clear()
    yield started
    shell.warm_up.clear()


def test_the_backend_is_warmed_up_once_per_server_behind_the_first_page(timers, monkeypatch, open_page):
    monkeypatch.setenv("VITRINE_WARM", "1")
    open_page("home")
    open_page("data")

    (timer,) = timers
    assert (timer.daemon, timer.seconds) == (True, shell.WARM_AFTER_SECONDS)


def test_warming_up_can_be_switched_off(timers, open_page):
    open_page("home")

    assert timers == []


def waits(home, title: str, plan: dict) -> None:
    """Put a run in the queue by hand."""
    folder = home / "models" / "waits"
    folder.mkdir(parents=True)
    status = {"state": "queued", "title": title, "created": 1.0, "ticket": jobs.ticket(folder)}
    for name, content in {**plan, "status.json": status}.items():
        durable.write_json(folder / name, content)


def test_a_waiting_run_is_shown_beside_the_page(open_page, monkeypatch, home):
    monkeypatch.setattr("mlcore.jobs.start_waiting", lambda: [])
    waits(home, "Waits *here*", {"recipe.json": training.draft("shapes", "mlp").model_dump(mode="json")})

    (link,) = open_page("home").sidebar.get("page_link")
    assert link.proto.label == r"Number 1 in line · Waits \*here\*"
    assert "run=waits" in link.proto.query_string


@pytest.mark.parametrize(("kind", "page"), [("gan", "generate"), ("evaluate", "runs"), ("gone", "runs")])
def test_a_run_beside_the_page_leads_to_where_it_is_followed(open_page, monkeypatch, home, kind, page):
    monkeypatch.setattr("mlcore.jobs.start_waiting", lambda: [])
    waits(home, "Waits", {"task.json": {"kind": kind, "settings": {}}})

    (link,) = open_page("home").sidebar.get("page_link")
    assert link.proto.page == page


def test_with_a_login_nothing_is_shown_before_it(monkeypatch, open_page):
    monkeypatch.setattr(shell.st, "user", {"is_logged_in": False})
    page = open_page("home")

    assert [title.value for title in page.title] == ["Vitrine"]
    assert [button.label for button in page.button] == ["Log in"]
    assert not page.file_uploader


def test_keras_keeps_its_state_between_the_runs_of_pages(monkeypatch, open_page):
    """Streamlit clears it after each; a Streamlit that no longer does fails here, and the remedy can go."""
    cleared = []
    keras = types.SimpleNamespace(backend=types.SimpleNamespace(clear_session=lambda: cleared.append(1)))
    monkeypatch.setitem(sys.modules, "keras", keras)
    monkeypatch.setattr(script_runner, "_clean_problem_modules", CLEARS)
    AppTest.from_string("'no page of ours'", default_timeout=120).run()
    open_page("home")

    assert cleared == [1]


@pytest.mark.parametrize(("age", "seconds"), [(0, 2), (19, 2), (21, 5), (700, 5)])
def test_a_run_is_looked_at_less_often_as_it_grows_older(age, seconds, monkeypatch):
    monkeypatch.setattr(progress, "time", types.SimpleNamespace(time=lambda: 1000.0))
    run = types.SimpleNamespace(live=True, state="running", started=1000.0 - age, created=None, can_resume=False)

    assert progress.pace(run) == seconds
    assert progress.pace(types.SimpleNamespace(live=False, state="done", can_resume=False)) is None
