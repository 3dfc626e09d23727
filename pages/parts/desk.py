"""The desk where work behind the pages is asked for: in whose turn it is done, how far it is, and what came of it.

For seconds to some minutes; what takes longer is a task with a process of its own (`mlcore.jobs`). Work belongs to the
session that asked first and takes turns with that of others; a click elsewhere or a reload doesn't end it at once:
whoever asks with the same key gets it again. It ends when nobody has wanted it for a while.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from mlcore.errors import Kind, Refused
from mlcore.machine import memory
from mlcore.progress import Progress
from mlcore.turns import Turn, Turns
from pages.parts import formatting

KEPT = 128  # pieces of work whose result is remembered
QUEUES = {"now": 2, "patient": 1, "ahead": 1}  # places to compute of each; a session has no more threads in it
UNWANTED_SECONDS = 20.0  # that nobody waits for work before it ends: a reload and a wrong click take less
MOST_SECONDS = 600.0  # of computing that a piece of work may take
EARLIEST_SECONDS = 5.0  # of computing before it is judged by how far it is,
DOUBT = 2.0  # and how many times too long that may make it look: a share may stand still for a step
LEAST_FREE = 500_000_000  # bytes: what no piece of work takes more of

Key = tuple[Any, ...]  # what a piece of work is known by; its first part says of which kind it is
Make = Callable[[Progress], Any]  # does the work; tells the function that it is given how far it is


@dataclass
class Work:
    """A piece of work: what it is called, in which queue it is, and how much is done.

    `wanted` has the sessions that want it: until when, or for as long as they are here (None). What `lasts` is done
    once for all sessions, however long it takes and whoever leaves.
    """

    title: str
    queue: str = "now"
    owner: str = ""
    lasts: bool = False
    future: Future[Any] = field(default_factory=Future)
    share: float = 0.0
    text: str = ""
    asked: float = field(default_factory=time.monotonic)
    called_off: threading.Event = field(default_factory=threading.Event)
    wanted: dict[str, float | None] = field(default_factory=dict)
    turn: Turn | None = None
    first: tuple[float, float] | None = None  # seconds of computing and share at the first word: loading came before

    def want(self, session: str, stays: bool = False) -> None:
        """Note that a session waits for it; with `stays` it wants it for as long as it is here."""
        if stays or self.wanted.get(session, 0.0) is not None:
            self.wanted[session] = None if stays else time.monotonic() + UNWANTED_SECONDS

    def is_wanted(self, but: str | None = None) -> bool:
        """Whether anybody, other than one session, still wants it."""
        now, wanted = time.monotonic(), list(self.wanted.items())
        others = [(session, until) for session, until in wanted if session != but]
        return self.lasts or any(is_here(session) if until is None else now < until for session, until in others)

    def progress(self, share: float, text: str = "", /) -> None:
        """Note the progress and make way for others; raises Refused once nobody wants it, or when it takes too long."""
        self.share, self.text = share, text
        self.check()
        if self.turn:
            self._refuse_too_long(self.turn.seconds)
            self.turn.make_way()

    def check(self) -> None:
        """Raises Refused(cancelled) once somebody called the work off, or nobody wants it any more."""
        if not self.is_wanted():
            self.called_off.set()
        if self.called_off.is_set():
            raise Refused(Kind.CANCELLED, "Called off.")

    def _whole(self, seconds: float) -> float:
        """How long it computes in all, by what it did since its first word; until then as long as it has."""
        if self.first is None and self.share:
            self.first = seconds, self.share
        since, done = (seconds - self.first[0], self.share - self.first[1]) if self.first else (0.0, 0.0)
        return seconds + since / done * (1 - self.share) if done > 0 and since > EARLIEST_SECONDS else seconds

    def _refuse_too_long(self, seconds: float) -> None:
        whole = self._whole(seconds)
        if max(seconds, whole / DOUBT) > MOST_SECONDS and not self.lasts:
            raise Refused(
                Kind.BAD_SETTING,
                f"{self.title} would compute for about {formatting.duration(whole)}; here a piece of work may take "
                f"{formatting.duration(MOST_SECONDS)}, since others wait: ask for less of it, or use the command line.",
            )

    @property
    def failed(self) -> bool:
        """Whether it ended without a result, or is about to."""
        return self.called_off.is_set() or (
            self.future.done() and (self.future.cancelled() or bool(self.future.exception()))
        )

    @property
    def line(self) -> str:
        """How far it is, for people."""
        parts = [formatting.percent(self.share, 0)] if self.share else []
        parts += [formatting.duration(time.monotonic() - self.asked)]
        text = self.text or ("" if self.turn else "waits for its turn")
        return formatting.plain(f"{self.title}: {', '.join(parts)}" + (f" · {text}" if text else ""))


class Desk:
    """What a server was asked for, and the threads of each session."""

    def __init__(self) -> None:
        self.turns = {name: Turns(places) for name, places in QUEUES.items()}
        self.pools: dict[tuple[str, str], ThreadPoolExecutor] = {}  # by session and queue, while there is work in it
        self.under_pool: dict[tuple[str, str], int] = {}  # pieces of work in each
        self.works: dict[Key, Work] = {}
        self.lock = threading.RLock()  # what is cancelled tells so at once, from within

    def ask(
        self,
        key: Key,
        title: str,
        make: Make,
        queue: str = "now",
        *,
        anew: bool = False,
        session: str = "",
        stays: bool = False,
        lasts: bool = False,
    ) -> Work:
        """The work, begun unless it is under way or done; what failed is tried again, what waits jumps the queue.

        With `anew` what is done is done once more. `session` asks, and with `stays` wants it while it is here.
        """
        with self.lock:
            work, wanted = self.works.pop(key, None), dict[str, float | None]()
            if work and self._is_worth_moving(work, queue, session) and work.future.cancel():
                work.called_off.set()  # whoever waits for it finds its successor
                wanted, lasts = work.wanted, lasts or work.lasts
            if work is None or work.failed or (anew and work.future.done()):
                work = Work(title, queue, session, lasts, wanted=wanted)
                work.want(session, stays)
                work.future = self._submit(work, make)
            work.want(session, stays)
            self.works[key] = work
            self._forget_oldest()
        return work

    def find(self, key: Key) -> Work | None:
        """The work of that key; None when nobody asked for it, or it was called off."""
        work = self.works.get(key)
        return None if work and work.called_off.is_set() else work

    def under_way(self, kind: str) -> list[Key]:
        """What isn't done yet of a kind."""
        with self.lock:
            return [key for key, work in self.works.items() if key[0] == kind and not work.future.done()]

    def call_off(self, key: Key, queue: str | None = None, session: str | None = None) -> None:
        """End the work of that key, in that queue where one is named, unless it is done or nobody asked.

        Where a `session` is named, only for that: it goes on while others want it.
        """
        with self.lock:
            work = self.works.get(key)
            if work is None or work.future.done() or queue not in (None, work.queue):
                return
            work.wanted.pop(session or "", None)
            if session is None or work.lasts or not work.is_wanted():
                del self.works[key]
                work.called_off.set()
                work.future.cancel()

    def _is_worth_moving(self, work: Work, queue: str, session: str) -> bool:
        """Whether work that waits would come sooner if it were begun anew by who asks now."""
        sooner = work.queue != queue == "now"
        if sooner:
            work.queue = "now"  # what was begun ahead is wanted from here on
        return sooner or (work.owner != session and work.queue == queue)

    def _submit(self, work: Work, make: Make) -> Future[Any]:
        """Put the work behind what its session asked for before."""
        place = work.owner, work.queue
        pool = self.pools.get(place) or ThreadPoolExecutor(QUEUES[work.queue], f"work-{work.queue}")
        self.pools[place], self.under_pool[place] = pool, self.under_pool.get(place, 0) + 1
        future = pool.submit(_do, work, make, self.turns[work.queue])
        future.add_done_callback(lambda _: self._leave(place))
        return future

    def _leave(self, place: tuple[str, str]) -> None:
        """A piece of work is over: with the last one the threads go."""
        with self.lock:
            self.under_pool[place] -= 1
            if not self.under_pool[place]:
                del self.under_pool[place]
                self.pools.pop(place).shutdown(wait=False)

    def _forget_oldest(self) -> None:
        done = [key for key, work in self.works.items() if work.future.done()]
        for key in done[: max(0, len(self.works) - KEPT)]:
            del self.works[key]


def _do(work: Work, make: Make, turns: Turns) -> Any:
    """Do the work in its turn, where there is memory for it."""
    work.check()
    with Turn(turns, work.owner, work.check) as work.turn:
        if (free := memory.available()) < LEAST_FREE and not work.lasts:
            raise Refused(
                Kind.OUT_OF_MEMORY,
                f"{work.title} wasn't begun: {free / 1e6:,.0f} MB of memory are free here, and it may take "
                f"{LEAST_FREE / 1e6:,.0f}; try again when others are done.",
            )
        return make(work.progress)


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """The one desk of the server."""
    return Desk()


def this_session() -> str:
    """The session for which a page is drawn; empty outside of one."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def is_here(session: str) -> bool:
    """Whether a browser is connected to that session."""
    return not Runtime.exists() or Runtime.instance().is_active_session(session)
