"""Decoded pictures are kept within limits of bytes and age, and go with their session."""

import time

import pytest

from pages.parts.kept import Kept


def size(thing) -> int:
    return len(thing)


def keep(kept: Kept, session: str, name: str, nbytes: int = 10) -> str:
    return kept.get((session, name), lambda: name * nbytes, size)


def test_what_is_kept_is_not_made_again():
    kept, made = Kept(), []
    for _ in range(3):
        kept.get(("a", "x"), lambda: made.append(1) or "xx", size)

    assert made == [1]
    assert kept.bytes() == 2


def test_a_session_keeps_the_newest_that_fit_and_no_other_session_pays():
    kept = Kept(most=25)
    keep(kept, "b", "v")
    for name in "wxyz":
        keep(kept, "a", name)

    assert (kept.bytes("a"), kept.bytes("b")) == (20, 10)
    assert sorted(kept._entries) == [("a", "y"), ("a", "z"), ("b", "v")]


def test_all_sessions_together_have_a_limit_too_and_what_is_too_large_is_still_kept_while_it_is_the_newest():
    kept = Kept(most=100, of_all=25)
    for session in "abc":
        keep(kept, session, "x")
    assert kept.bytes() == 20

    keep(kept, "d", "y", 90)
    assert list(kept._entries) == [("d", "y")]


def test_asking_again_makes_it_the_newest():
    kept = Kept(most=25)
    for name in "xyxz":
        keep(kept, "a", name)

    assert sorted(kept._entries) == [("a", "x"), ("a", "z")]


def test_a_session_that_ends_leaves_nothing():
    kept = Kept()
    keep(kept, "a", "x")
    keep(kept, "b", "y")
    kept.release("a")

    assert list(kept._entries) == [("b", "y")]


def test_what_is_old_goes_by_itself(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    kept = Kept(age=3600)
    keep(kept, "a", "x")
    now[0] += 3000
    keep(kept, "a", "y")
    assert kept._timer.interval == 3600
    assert kept._timer.daemon
    now[0] += 600
    kept._timer.cancel()
    kept.forget_old()

    assert list(kept._entries) == [("a", "y")]
    assert kept._timer is not None  # for what is left
    kept._timer.cancel()
    now[0] += 3000
    kept.forget_old()
    assert kept.bytes() == 0
    assert kept._timer is None


def test_what_cannot_be_made_is_not_kept():
    kept = Kept()
    with pytest.raises(ZeroDivisionError):
        kept.get(("a", "x"), lambda: 1 // 0, size)

    assert kept.bytes() == 0


def test_twenty_sessions_with_a_large_picture_each_keep_less_than_300_mb(monkeypatch):
    """By bytes alone: 48 megapixels take 144 MB, of 16 GB; what drawing each took is cleaned up later."""
    later: list[bool] = []
    monkeypatch.setattr("pages.parts.kept._clean_up", lambda: None)
    monkeypatch.setattr("pages.parts.kept._clean_up_later", lambda: later.append(True))
    monkeypatch.setattr("pages.parts.kept.memory.total", lambda: 16 * 10**9)
    kept = Kept()
    for session in range(20):
        kept.get((str(session), "x"), lambda: "x", lambda picture: 144_000_000)
        assert kept.bytes() < 300_000_000

    assert len(later) == 20
    assert kept.bytes("19") == 144_000_000
    kept._timer.cancel()
