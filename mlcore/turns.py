"""Turns: long work of many owners on few places, in slices, so that nobody waits for the end of another's work."""

import threading
import time
from collections.abc import Callable
from types import TracebackType

SLICE_SECONDS = 0.5  # of computing, after which work makes way for that of another owner
LOOK_SECONDS = 0.2  # how often work that waits for its turn asks whether it is still wanted
LONGEST_PAUSE = 5.0  # then work goes on beside the others: it may hold a lock that they wait for


def _nothing() -> None:
    """What work that nobody calls off asks while it waits."""


class Turns:
    """So many places to compute. Who waits is let in by owner: fewest places first, then who had none for longest."""

    def __init__(self, places: int, slice_seconds: float = SLICE_SECONDS, longest_pause: float = LONGEST_PAUSE):
        self.places, self.slice_seconds, self.longest_pause = places, slice_seconds, longest_pause
        self._change = threading.Condition()
        self._computing: list[Turn] = []
        self._waiting: list[Turn] = []
        self._served: dict[str, float] = {}  # when an owner last got a place

    def take(self, turn: "Turn", check: Callable[[], None], most: float | None = None) -> None:
        """Wait for a place; `check` is asked meanwhile and may raise. After `most` seconds one more is taken."""
        until = None if most is None else time.monotonic() + most
        with self._change:
            self._waiting.append(turn)
            try:
                while not self._is_next(turn) and (until is None or time.monotonic() < until):
                    self._change.wait(LOOK_SECONDS)
                    check()
                self._computing.append(turn)
                self._served[turn.owner] = time.monotonic()
            finally:
                self._waiting.remove(turn)
                self._change.notify_all()

    def give(self, turn: "Turn") -> None:
        """Leave the place to whoever is next."""
        with self._change:
            self._computing.remove(turn)
            owners = {each.owner for each in (*self._computing, *self._waiting)}
            self._served = {owner: at for owner, at in self._served.items() if owner in owners or owner == turn.owner}
            self._change.notify_all()

    def others_wait(self, owner: str) -> bool:
        """Whether somebody else waits for a place."""
        return any(each.owner != owner for each in self._waiting)

    def _is_next(self, turn: "Turn") -> bool:
        return len(self._computing) < self.places and min(self._waiting, key=self._rank) is turn

    def _rank(self, turn: "Turn") -> tuple[int, float]:
        places = sum(each.owner == turn.owner for each in self._computing)
        return places, self._served.get(turn.owner, 0.0)


class Turn:
    """The turn of one piece of work: it computes inside `with`, and makes way now and then.

    `owner` is whose work it is, `seconds` how long it has computed so far, without its pauses.
    """

    def __init__(self, turns: Turns, owner: str, check: Callable[[], None] = _nothing):
        self.owner, self._turns, self._check = owner, turns, check
        self._before = 0.0  # seconds of earlier slices
        self._since: float | None = None  # when this one began

    @property
    def seconds(self) -> float:
        """How long it has computed."""
        return self._before + (0.0 if self._since is None else time.monotonic() - self._since)

    def make_way(self) -> None:
        """Leave the place for a while, where the slice is over and another owner waits."""
        if self._since is None or time.monotonic() - self._since < self._turns.slice_seconds:
            return
        if self._turns.others_wait(self.owner):
            self.__exit__()
            self._begin(self._turns.longest_pause)

    def __enter__(self) -> "Turn":
        self._begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        if self._since is not None:
            self._before, self._since = self.seconds, None
            self._turns.give(self)

    def _begin(self, most: float | None = None) -> None:
        self._turns.take(self, self._check, most)
        self._since = time.monotonic()
