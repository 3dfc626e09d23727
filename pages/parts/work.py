"""Work that a person may wait for: it goes on behind the page, tells how far it is, and can be called off.

For seconds to a minute or two; what takes longer is a task with a process of its own (`mlcore.jobs`). A click
elsewhere or a reload doesn't end the work: the page finds it again by its key.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import streamlit as st

from mlcore.errors import Kind, Refused
from pages.parts import words
from pages.parts.trouble import trouble

KEPT = 128  # pieces of work whose result is remembered
AT_ONCE = 2
PATIENCE_SECONDS = 0.3  # what is done by then shows no progress at all
LOOK_SECONDS = 0.2


@dataclass
class Work:
    """A piece of work: what does it, and how much is done."""

    future: Future | None = None
    done: float = 0.0
    text: str = ""
    started: float = field(default_factory=time.monotonic)
    called_off: threading.Event = field(default_factory=threading.Event)

    def report(self, done: float, total: float = 1.0, text: str = "") -> None:
        """Note the progress; raises Refused(cancelled) once somebody called the work off."""
        self.done, self.text = done / (total or 1), text
        if self.called_off.is_set():
            raise Refused(Kind.CANCELLED, "Called off.")

    def line(self, title: str) -> str:
        """How far it is, for people."""
        took = words.duration(time.monotonic() - self.started)
        return words.plain(f"{title}: {words.percent(self.done, 0)}, {took}")


@dataclass(frozen=True)
class Asked:
    """Where on the page a result belongs, and how it is made and shown.

    `name` is the part of widget keys that belongs to the place; `make(report)` runs in another thread.
    """

    place: object
    name: str
    title: str
    key: tuple
    make: Callable
    show: Callable


@st.cache_resource(show_spinner=False)
def _desk() -> tuple[ThreadPoolExecutor, dict[tuple, Work], threading.Lock]:
    return ThreadPoolExecutor(AT_ONCE, "work"), {}, threading.Lock()


def ask(key: tuple, make: Callable) -> Work:
    """The work of that key, begun unless it is under way or done; what failed is tried again."""
    pool, known, lock = _desk()
    with lock:
        found = known.pop(key, None)
        if found is None or (found.future.done() and (found.future.cancelled() or found.future.exception())):
            found = Work()
            found.future = pool.submit(make, found.report)
        known[key] = found
        for old in [each for each, work in known.items() if work.future.done()][: max(0, len(known) - KEPT)]:
            del known[old]
    return found


def call_off(name: str, key: tuple) -> None:
    """End the work of that key; a callback. Its place then offers to start it again."""
    st.session_state[f"{name}.off"] = key
    found = _desk()[1].pop(key, None)
    if found:
        found.called_off.set()
        found.future.cancel()


def wait(asked: list[Asked]) -> None:
    """Show each result in its place as soon as it is there; until then its progress, with a button to call it off."""
    wanted = [each for each in asked if not _is_off(each)]
    waiting = [(each, ask(each.key, each.make), (each.place.empty(), each.place.container())) for each in wanted]
    patience, bars = time.monotonic() + PATIENCE_SECONDS, {}
    while waiting:
        left = []
        for each, work, (above, below) in waiting:
            if work.future.done():
                above.empty()
                _show(each, work, below)
                continue
            left.append((each, work, (above, below)))
            if time.monotonic() > patience:
                bars[each.name] = bars.get(each.name) or _bar(each, above)
                bars[each.name].progress(min(1.0, work.done), text=work.line(each.title))
        waiting = left
        time.sleep(LOOK_SECONDS if bars else 0.005) if waiting else None


def _show(each: Asked, work: Work, place) -> None:
    with place, trouble(each.title):
        each.show(work.future.result())


def _bar(each: Asked, slot):
    with slot.container():
        bar = st.empty()
        st.button(
            "Cancel", key=f"{each.name}.cancel", icon=":material/close:", on_click=call_off, args=(each.name, each.key)
        )
    return bar


def _is_off(each: Asked) -> bool:
    """Whether the person called exactly this off; then a button starts it again."""
    if st.session_state.get(f"{each.name}.off") != each.key:
        return False
    with each.place:
        st.caption(f"{each.title} was called off.")
        st.button("Start again", key=f"{each.name}.again", on_click=st.session_state.pop, args=(f"{each.name}.off",))
    return True
