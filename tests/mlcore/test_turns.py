"""Turns: an owner with much to do makes way for others, slice by slice; who waits can be called off."""

import threading

import pytest

from mlcore.turns import Turn, Turns


class Steps:
    """Work in steps that are let through one by one; each makes way where the slice (0 s) is over."""

    def __init__(self, turns: Turns, owner: str, order: list[str], steps: int):
        self.owner, self.order, self.steps, self.turn = owner, order, steps, Turn(turns, owner)
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        with self.turn:
            for _ in range(self.steps):
                self.order.append(self.owner)
                self.turn.make_way()


def waiting(turns: Turns, count: int) -> None:
    """Wait until so many wait for a place."""
    with turns._change:
        assert turns._change.wait_for(lambda: len(turns._waiting) == count, 30)


def begun(turns: Turns, *works: tuple[str, int]) -> list[str]:
    """The order of the steps of (owner, steps), all of which wait before the first begins."""
    order: list[str] = []
    with Turn(turns, "gate"):
        threads = [Steps(turns, *work[:1], order, work[1]).thread for work in works]
        for number, thread in enumerate(threads, 1):
            thread.start()
            waiting(turns, number)
    for thread in threads:
        thread.join(30)
    return order


def test_owners_take_turns_however_much_one_of_them_asked_for():
    order = begun(Turns(1, 0.0, 30), ("greedy", 6), ("greedy", 6), ("a", 2), ("b", 2))

    assert order[:6] == ["greedy", "a", "b", "greedy", "a", "b"]
    assert order.count("greedy") == 12


def test_an_owner_alone_isnt_interrupted():
    turns = Turns(1, 0.0, 30)
    assert begun(turns, ("a", 3), ("a", 2)) == ["a"] * 5
    assert turns._computing == turns._waiting == []


def test_a_slice_that_isnt_over_goes_on():
    assert begun(Turns(1, 60.0, 30), ("a", 3), ("b", 3)) == ["a"] * 3 + ["b"] * 3


def test_no_more_compute_at_once_than_there_are_places_and_each_owner_has_one_before_any_has_two():
    turns, gate, inside = Turns(2, 60.0, 30), threading.Event(), []

    def work(owner):
        with Turn(turns, owner):
            inside.append(owner)
            gate.wait(30)

    with Turn(turns, "gate"), Turn(turns, "gate"):
        threads = [threading.Thread(target=work, args=(owner,), daemon=True) for owner in ("a", "a", "b")]
        for number, thread in enumerate(threads, 1):
            thread.start()
            waiting(turns, number)
    waiting(turns, 1)
    assert sorted(inside) == ["a", "b"]
    gate.set()
    for thread in threads:
        thread.join(30)
    assert len(inside) == 3


def test_who_waits_hears_that_it_is_called_off_and_leaves_nothing_behind():
    turns = Turns(1)

    def check():
        raise InterruptedError

    with Turn(turns, "a"):
        with pytest.raises(InterruptedError), Turn(turns, "b", check):
            pass
        assert turns._waiting == []
    assert turns._computing == []


def test_work_that_waits_long_goes_on_beside_the_others_for_it_may_hold_what_they_wait_for():
    turns = Turns(1, 0.0, longest_pause=0.0)
    entered, lock = threading.Event(), threading.Lock()

    def needs_the_lock():
        with Turn(turns, "b"):
            entered.set()
            with lock:
                pass

    other = threading.Thread(target=needs_the_lock, daemon=True)
    with lock, Turn(turns, "a") as turn:
        other.start()
        waiting(turns, 1)
        turn.make_way()
        assert turn in turns._computing
    other.join(30)
    assert not other.is_alive()


def test_the_time_that_work_waits_isnt_counted(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("mlcore.turns.time.monotonic", lambda: now[0])
    turn = Turn(Turns(1), "a")
    assert turn.seconds == 0
    with turn:
        now[0] += 3
        assert turn.seconds == 3
    now[0] += 50
    with turn:
        now[0] += 2
    assert turn.seconds == 5
