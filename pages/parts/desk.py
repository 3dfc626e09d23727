"""The desk where work behind the pages is asked for: its threads, how far each piece is, and what came of it.

For seconds to a minute or two; what takes longer is a task with a process of its own (`mlcore.jobs`). A click
elsewhere or a reload doesn't end the work: whoever asks with the same key gets it again.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from mlcore.errors import Kind, Refused
from mlcore.progress import Progress
from pages.parts import formatting

KEPT = 128  # pieces of work whose result is remembered
QUEUES = {"now": 2, "patient": 1, "ahead": 1}  # threads of each

Key = tuple[Any, ...]  # what a piece of work is known by; its first part says of which kind it is
Make = Callable[[Progress], Any]  # does the work; tells the function that it is given how far it is


@dataclass
class Work:
    """A piece of work: what it is called, in which queue it is, and how much is done."""

    title: str
    queue: str = "now"
    future: Future[Any] = field(default_factory=Future)
    share: float = 0.0
    text: str = ""
    started: float = field(default_factory=time.monotonic)
    called_off: threading.Event = field(default_factory=threading.Event)

    def progress(self, share: float, text: str = "", /) -> None:
        """Note the progress; raises Refused(cancelled) once somebody called the work off."""
        self.share, self.text = share, text
        if self.called_off.is_set():
            raise Refused(Kind.CANCELLED, "Called off.")

    @property
    def failed(self) -> bool:
        """Whether it ended without a result."""
        return self.future.done() and (self.future.cancelled() or bool(self.future.exception()))

    @property
    def line(self) -> str:
        """How far it is, for people."""
        parts = [formatting.percent(self.share, 0)] if self.share else []
        parts += [formatting.duration(time.monotonic() - self.started)]
        return formatting.plain(f"{self.title}: {', '.join(parts)}" + (f" · {self.text}" if self.text else ""))


class Desk:
    """The threads of a server and what they were asked for."""

    def __init__(self) -> None:
        self.pools = {name: ThreadPoolExecutor(threads, f"work-{name}") for name, threads in QUEUES.items()}
        self.works: dict[Key, Work] = {}
        self.lock = threading.Lock()

    def ask(self, key: Key, title: str, make: Make, queue: str = "now", anew: bool = False) -> Work:
        """The work, begun unless it is under way or done; what failed is tried again, what waits jumps the queue.

        With `anew` what is done is done once more.
        """
        with self.lock:
            work = self.works.pop(key, None)
            if work and work.queue != queue == "now":
                work.queue = "now"  # what was begun ahead is wanted from here on
                if work.future.cancel():
                    work.called_off.set()  # whoever waits for it finds its successor
            if work is None or work.failed or (anew and work.future.done()):
                work = Work(title, queue)
                work.future = self.pools[queue].submit(make, work.progress)
            self.works[key] = work
            self._forget_oldest()
        return work

    def find(self, key: Key) -> Work | None:
        """The work of that key; None when nobody asked for it, or it was called off."""
        return self.works.get(key)

    def under_way(self, kind: str) -> list[Key]:
        """What isn't done yet of a kind."""
        with self.lock:
            return [key for key, work in self.works.items() if key[0] == kind and not work.future.done()]

    def call_off(self, key: Key, queue: str | None = None) -> None:
        """End the work of that key, in that queue where one is named, unless it is done or nobody asked."""
        with self.lock:
            work = self.works.get(key)
            if work and not work.future.done() and queue in (None, work.queue):
                del self.works[key]
                work.called_off.set()
                work.future.cancel()

    def _forget_oldest(self) -> None:
        done = [key for key, work in self.works.items() if work.future.done()]
        for key in done[: max(0, len(self.works) - KEPT)]:
            del self.works[key]


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """The one desk of the server."""
    return Desk()
