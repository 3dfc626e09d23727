"""The desk: what is asked for is done once, in its turn, and can be called off."""

import threading
import time
from contextlib import nullcontext, suppress
from types import SimpleNamespace

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


def wanted() -> Work:
    """A piece of work that somebody wants."""
    work = Work("Loading")
    work.want("somebody")
    return work


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
    work = wanted()
    work.progress(0.25, "a quarter")
    assert (work.share, work.text) == (0.25, "a quarter")

    work.called_off.set()
    with pytest.raises(Refused) as refusal:
        work.progress(0.5)
    assert refusal.value.kind == Kind.CANCELLED


def test_nothing_is_said_of_a_share_before_the_work_told_one():
    work = wanted()
    assert "%" not in work.line

    work.progress(0.5, "half a set")
    assert "50\u00a0%" in work.line.replace("\\", "")
    assert "half a set" in work.line


def test_a_session_with_much_to_do_leaves_the_others_their_turn(desk, gate):
    """Three pieces of work that never end by themselves, and one of somebody else: it is done all the same."""

    def endless(progress):
        while not gate.wait(0.01):
            progress(0.5)

    def greedy(progress):
        with suppress(Refused):
            endless(progress)

    for turns in desk.turns.values():
        turns.slice_seconds = 0.0
    works = [desk.ask((number,), "Work", greedy, session="greedy") for number in range(3)]

    assert desk.ask(("map",), "Work", answer, session="other").future.result(timeout=60) == "answer"
    assert not any(work.future.done() for work in works)
    assert len(desk.pools["greedy", "now"]._threads) == QUEUES["now"]  # bounded, whatever it asks for


def test_threads_go_with_the_last_piece_of_work(desk):
    for session in ("one", "other"):
        desk.ask((session,), "Work", answer, session=session).future.result(timeout=60)
    for _ in range(1000):
        if not desk.pools:
            break
        time.sleep(0.01)

    assert desk.pools == {}
    assert desk.under_pool == {}


def test_work_that_nobody_wants_any_more_ends(desk, monkeypatch):
    monkeypatch.setattr("pages.parts.desk.UNWANTED_SECONDS", 0.0)

    def endless(progress):
        while True:
            progress(0.5)

    work = desk.ask(("map",), "Work", endless, session="left")
    with pytest.raises(Refused, match="Called off"):
        work.future.result(timeout=60)
    assert desk.find(("map",)) is None  # who asks again begins it anew


def test_what_waits_and_is_wanted_no_more_never_begins(desk, gate, monkeypatch):
    for number in range(QUEUES["now"]):
        desk.ask((number,), "Work", waits(gate), session="a")
    waiting, begun = desk.ask(("next",), "Work", lambda progress: begun.append(1), session="a"), []
    waiting.wanted["a"] = time.monotonic() - 1
    gate.set()

    with pytest.raises(Refused, match="Called off"):
        waiting.future.result(timeout=60)
    assert begun == []


def test_what_was_asked_for_by_hand_is_wanted_while_the_session_is_here(monkeypatch):
    here = [True]
    monkeypatch.setattr("pages.parts.desk.is_here", lambda session: here[0])
    monkeypatch.setattr("pages.parts.desk.UNWANTED_SECONDS", 0.0)
    work = Work("Measuring")
    work.want("a", stays=True)
    work.want("a")  # waiting for it takes nothing away
    assert work.is_wanted()

    here[0] = False
    assert not work.is_wanted()


def test_one_session_calls_off_for_itself_and_the_last_one_ends_the_work(desk, gate):
    work = desk.ask(("map",), "Work", waits(gate), session="a")
    assert desk.ask(("map",), "Work", waits(gate), session="b") is work
    desk.call_off(("map",), session="a")
    assert not work.called_off.is_set()

    desk.call_off(("map",), session="b")
    assert work.called_off.is_set()
    assert desk.find(("map",)) is None


def test_work_that_waits_behind_anothers_is_moved_to_who_asks_now(desk, gate):
    for number in range(QUEUES["now"]):
        desk.ask((number,), "Work", waits(gate), session="greedy")
    behind = desk.ask(("map",), "Work", answer, session="greedy")
    moved = desk.ask(("map",), "Work", answer, session="other")

    assert moved is not behind
    assert behind.called_off.is_set()
    assert moved.owner == "other"


def test_work_that_would_take_too_long_says_so_early_and_what_lasts_may():
    for lasts in (False, True):
        work = Work("RISE", lasts=lasts)
        work.want("a")
        work.turn = SimpleNamespace(seconds=20.0, make_way=lambda: None)  # to load and to compile
        work.progress(0.001)
        work.turn.seconds = 26.0
        with nullcontext() if lasts else pytest.raises(Refused, match=r"RISE would compute for about .*33 min"):
            work.progress(0.004)  # 0.003 in 6 seconds, so 1,992 more


def test_a_long_start_says_nothing_of_how_long_the_rest_takes():
    work = Work("Searching")
    work.want("a")
    for seconds, share in (
        (30.0, 1 / 300),
        (34.0, 2 / 300),
        (36.0, 4 / 300),
    ):  # 6 s for 3 steps: 10 minutes, not 2 hours
        work.turn = SimpleNamespace(seconds=seconds, make_way=lambda: None)
        work.progress(share)


def test_what_is_moved_for_another_stays_wanted_by_whoever_asked_first(desk, gate):
    for name in ("one", "two"):
        desk.ask((name,), "Work", waits(gate), session="a")
    desk.ask(("measure",), "Work", answer, session="a", stays=True)
    moved = desk.ask(("measure",), "Work", answer, session="b")
    desk.call_off(("measure",), session="b")

    assert "a" in moved.wanted
    assert not moved.called_off.is_set()


def test_without_memory_nothing_is_begun(desk, monkeypatch):
    monkeypatch.setattr("pages.parts.desk.memory.available", lambda: 123_000_000)

    with pytest.raises(Refused, match="123 MB of memory are free") as refusal:
        desk.ask(("map",), "Map", answer).future.result(timeout=60)
    assert refusal.value.kind == Kind.OUT_OF_MEMORY
