"""Waiting for work behind the page: found again after a reload, called off by hand, done once for all sessions."""

import threading
from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.testing.v1 import AppTest

from mlcore.errors import Refused
from pages.parts import background
from pages.parts.desk import desk


def follows(begins: bool = False, make=None) -> AppTest:
    """A session's page that follows what was begun of the kind "test", and first begins it itself if told to."""

    def page(begins, make):
        import streamlit as st

        from pages.parts import background

        if begins and not st.session_state.setdefault("started", False):
            st.session_state["started"] = True
            background.begin(("test", "it"), "The work", make)
        background.wait(background.follow("test", st.write))

    return AppTest.from_function(page, kwargs={"begins": begins, "make": make}, default_timeout=120)


def texts(page: AppTest) -> list[str]:
    return [each.value for kind in ("markdown", "caption", "error") for each in page.get(kind)]


@pytest.fixture
def gate():
    """What the work waits for; opened at the end, so that no thread stays behind."""
    event = threading.Event()
    yield event
    event.set()


def test_the_session_that_began_it_sees_the_end_even_when_that_comes_at_once():
    assert texts(follows(begins=True, make=lambda progress: "the end").run()) == ["the end"]


def test_a_failure_is_said_once_to_the_session_that_began_it():
    page = follows(begins=True, make=lambda progress: 1 / 0).run()
    assert "our fault" in texts(page)[0]

    assert texts(page.run()) == []


def test_after_a_reload_what_goes_on_is_found_again(gate, monkeypatch):
    work = desk().ask(("test", "it"), "Work", lambda progress: gate.wait(30) and "the end", anew=True)
    wait = background.wait
    monkeypatch.setattr(background, "wait", lambda requests: (gate.set(), wait(requests)))  # it ends once it is found

    assert texts(follows().run()) == ["the end"]
    assert work.future.done()


def test_what_was_called_off_elsewhere_is_over_for_who_followed_it(gate):
    work = desk().ask(("test", "it"), "Work", lambda progress: gate.wait(30), anew=True)
    threading.Timer(1, lambda: (desk().call_off(("test", "it")), gate.set())).start()

    assert texts(follows().run()) == []
    assert work.called_off.is_set()
    assert not background.is_known(("test", "it"))


def test_who_waits_makes_way_for_a_person_and_not_for_the_clock():
    """By Streamlit's own requests, which it keeps to itself: told here should it change them."""
    waiting, ticking, nothing = ScriptRequests(), ScriptRequests(), ScriptRequests()
    waiting.request_rerun(RerunData(fragment_id="one"))
    ticking.request_rerun(RerunData(fragment_id="one", is_auto_rerun=True))

    assert [background.asks_for_more(each) for each in (waiting, ticking, nothing)] == [True, False, False]


def test_who_waits_ends_when_the_person_leaves(monkeypatch):
    requests = ScriptRequests()
    requests.request_stop()
    monkeypatch.setattr(background, "get_script_run_ctx", lambda **_: SimpleNamespace(script_requests=requests))
    stopped = []
    monkeypatch.setattr(background.st, "stop", lambda: stopped.append(True))
    background.make_way()

    assert stopped == [True]


def test_a_page_that_waits_wants_the_work_and_one_that_is_left_lets_it_end(gate, monkeypatch):
    work = desk().ask(("test", "it"), "Work", lambda progress: gate.wait(30) and progress(1.0), anew=True)
    work.wanted = {"gone": 0.0}
    want = work.want
    work.want = lambda session: (want(session), gate.set())  # it goes on once the page has looked
    follows().run()
    assert not work.failed

    work.wanted = {"gone": 0.0}
    with pytest.raises(Refused):
        work.check()
