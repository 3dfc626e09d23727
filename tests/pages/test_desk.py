"""The desk: what is asked for is done once, in its turn, and can be called off."""

import threading

import pytest

from mlcore.errors import Kind, Refused
from pages.parts.desk import QUEUES, Desk, Work


@pytest.fixture
def gate():
    """What work waits for; opened at the end, so that no thread stays behind."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def desk():
    return Desk()


def answer(progress) -> str:
    return "answer"


def waits(gate):
    return lambda progress: gate.wait(30)


def test_work_that_waits_is_begun_at_once_when_somebody_asks_for_it(desk, gate):
    desk.ask(("first",), "Work", waits(gate), "ahead")  # keeps the only thread of its queue
    waiting = desk.ask(("next",), "Work", answer, "ahead")

    assert desk.ask(("next",), "Work", answer).future.result(timeout=60) == "answer"
    assert waiting.called_off.is_set()  # who waited for it looks for its successor


def test_what_was_begun_ahead_isnt_called_off_once_somebody_waits_for_it(desk, gate):
    running = threading.Event()
    desk.ask(("next",), "Work", lambda progress: running.set() or gate.wait(30), "ahead")
    assert running.wait(5)
    work = desk.ask(("next",), "Work", answer)
    desk.call_off(("next",), "ahead")

    assert not work.called_off.is_set()


def test_work_that_waits_is_left_to_whoever_asked_first(desk, gate):
    for number in range(QUEUES["now"]):
        desk.ask((number,), "Work", waits(gate))
    first = desk.ask(("next",), "Work", answer)

    assert desk.ask(("next",), "Work", answer) is first
    assert not first.future.done()


def test_what_is_worked_out_ahead_is_called_off_only_while_nobody_asked_for_it(desk, gate):
    desk.ask(("first",), "Work", waits(gate), "ahead")
    left, _ = (desk.ask((name,), "Work", answer, "ahead") for name in ("left", "wanted"))
    wanted = desk.ask(("wanted",), "Work", answer)
    for name in ("left", "wanted"):
        desk.call_off((name,), "ahead")

    assert left.future.cancelled()
    assert wanted.future.result(timeout=60) == "answer"


def test_what_is_done_is_kept_and_done_once_more_only_when_that_is_asked_for(desk):
    first = desk.ask(("next",), "Work", answer)
    first.future.result(timeout=60)

    assert desk.ask(("next",), "Work", answer) is first
    assert desk.ask(("next",), "Work", answer, anew=True) is not first


def test_what_failed_is_tried_again(desk):
    with pytest.raises(ZeroDivisionError):
        desk.ask(("next",), "Work", lambda progress: 1 / 0).future.result(timeout=60)

    assert desk.ask(("next",), "Work", answer).future.result(timeout=60) == "answer"


def test_what_is_under_way_is_found_by_its_kind(desk, gate):
    desk.ask(("set", "one"), "Work", waits(gate))
    desk.ask(("set", "other"), "Work", answer).future.result(timeout=60)
    desk.ask(("map", "one"), "Work", waits(gate))

    assert desk.under_way("set") == [("set", "one")]


def test_work_that_was_called_off_hears_so_when_it_tells_its_progress():
    work = Work("Loading")
    work.progress(0.25, "a quarter")
    assert (work.share, work.text) == (0.25, "a quarter")

    work.called_off.set()
    with pytest.raises(Refused) as refusal:
        work.progress(0.5)
    assert refusal.value.kind == Kind.CANCELLED


def test_nothing_is_said_of_a_share_before_the_work_told_one():
    work = Work("Loading")
    assert "%" not in work.line

    work.progress(0.5, "half a set")
    assert "50\u00a0%" in work.line.replace("\\", "")
    assert "half a set" in work.line
