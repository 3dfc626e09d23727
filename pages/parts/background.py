"""Work that a person may wait for: it goes on behind the page, tells how far it is, and can be called off.

For seconds to a minute or two; what takes longer is a task with a process of its own (`mlcore.jobs`). A click
elsewhere or a reload doesn't end the work: the page finds it again by its key.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from mlcore.errors import Kind, Refused
from pages.parts import formatting
from pages.parts.trouble import trouble

KEPT = 128  # pieces of work whose result is remembered
QUEUES = {"now": 2, "patient": 1, "ahead": 1}  # threads of each
PATIENCE_SECONDS = 0.3  # what is done by then shows no progress at all
LOOK_SECONDS = 0.2


@dataclass
class Work:
    """A piece of work: what does it, in which queue, and how much is done."""

    queue: str = "now"
    future: Future | None = None
    done: float = 0.0
    text: str = ""
    started: float = field(default_factory=time.monotonic)
    called_off: threading.Event = field(default_factory=threading.Event)

    def progress(self, share: float, text: str = "", /) -> None:
        """Note the progress; raises Refused(cancelled) once somebody called the work off."""
        self.done, self.text = share, text
        if self.called_off.is_set():
            raise Refused(Kind.CANCELLED, "Called off.")

    @property
    def failed(self) -> bool:
        """Whether it ended without a result."""
        return self.future.done() and (self.future.cancelled() or bool(self.future.exception()))

    def line(self, title: str) -> str:
        """How far it is, for people."""
        took = formatting.duration(time.monotonic() - self.started)
        return formatting.plain(f"{title}: {formatting.percent(self.done, 0)}, {took}")


@dataclass(frozen=True)
class Asked:
    """Where on the page a result belongs, and how it is made and shown.

    `name` is the part of widget keys that belongs to the place; `make(progress)` runs in another thread; `show` may
    give something else to ask for. `queue` is "now", "patient" for what isn't waited for at first, or "ahead" for what
    nobody asked for yet; the three are worked off side by side.
    """

    place: object
    name: str
    title: str
    key: tuple
    make: Callable
    show: Callable
    queue: str = "now"


class _Desk:
    """The threads of a server and what they were asked for."""

    def __init__(self):
        self.pools = {name: ThreadPoolExecutor(threads, f"work-{name}") for name, threads in QUEUES.items()}
        self.known: dict[tuple, Work] = {}
        self.lock = threading.Lock()

    def ask(self, asked: Asked) -> Work:
        """The work, begun unless it is under way or done; what failed is tried again, what waits jumps the queue."""
        with self.lock:
            found = self.known.pop(asked.key, None)
            if found and found.queue != asked.queue == "now":
                found.queue = "now"  # what was begun ahead is wanted from here on
                if found.future.cancel():
                    found.called_off.set()  # whoever waits for it finds its successor
            if found is None or found.failed:
                found = Work(asked.queue)
                found.future = self.pools[asked.queue].submit(asked.make, found.progress)
            self.known[asked.key] = found
            done = [key for key, work in self.known.items() if work.future.done()]
            for old in done[: max(0, len(self.known) - KEPT)]:
                del self.known[old]
        return found

    def call_off(self, key: tuple, queue: str | None = None) -> None:
        """End the work of that key, in that queue where one is named, unless it is done or nobody asked."""
        with self.lock:
            found = self.known.get(key)
            if found and not found.future.done() and queue in (None, found.queue):
                del self.known[key]
                found.called_off.set()
                found.future.cancel()


@st.cache_resource(show_spinner=False)
def _desk() -> _Desk:
    return _Desk()


def call_off(name: str, key: tuple) -> None:
    """End the work of that key; a callback. Its place then offers to start it again."""
    st.session_state[f"{name}.off"] = key
    _desk().call_off(key)


def wait(asked: list[Asked]) -> None:
    """Show each result in its place as soon as it is there; until then its progress, with a button to call it off."""
    _call_off_ahead(but=[each.key for each in asked])
    waiting = [_begun(each) for each in asked if not _is_off(each)]
    patience, bars = time.monotonic() + PATIENCE_SECONDS, {}
    while waiting:
        left = []
        for each, work, above, below in waiting:
            if work.future.done():
                above.empty()
                left += _shown(each, work, below)
                continue
            left.append((each, work, above, below))
            if time.monotonic() > patience:
                bars[each.name] = bars.get(each.name) or _bar(each, above)
                bars[each.name].progress(min(1.0, work.done), text=work.line(each.title))
        waiting = left
        time.sleep(LOOK_SECONDS if bars else 0.005) if waiting else None
        make_way()


def ahead(asked: list[Asked]) -> list:
    """Do what a person is likely to ask for next, in place of what was begun so before; gives what came of it.

    Nothing of it is shown, and whatever the person does meanwhile comes first.
    """
    _call_off_ahead()
    wanted = [each for each in asked if st.session_state.get(f"{each.name}.off") != each.key]
    begun = [_desk().ask(replace(each, queue="ahead")) for each in wanted]
    st.session_state["work.ahead"] = [each.key for each in wanted]
    while not all(each.future.done() for each in begun):
        time.sleep(PATIENCE_SECONDS / 10)
        make_way()
    return [each.future.result() for each in begun if not each.failed]


def make_way() -> None:
    """End this run for what the person did meanwhile; the page runs anew with it.

    Streamlit ends a run of the page for that, but not for what stands in a fragment: a class chosen while maps are
    tested would wait until they are.
    """
    requests = getattr(get_script_run_ctx(suppress_warning=True), "script_requests", None)
    if requests and asks_for_more(requests):
        st.rerun()


def asks_for_more(requests) -> bool:
    """Whether a run of the page or a fragment is waiting, other than one by the clock."""
    return requests._state is ScriptRequestType.RERUN and not requests._rerun_data.is_auto_rerun


def _call_off_ahead(but: list[tuple] = ()) -> None:
    """End what was begun ahead and isn't asked for."""
    for key in st.session_state.get("work.ahead", []):
        if key not in but:
            _desk().call_off(key, "ahead")


def _begun(each: Asked) -> tuple:
    """Start the work, and end what the same place asked for earlier, and what was to follow it there."""
    places = st.session_state.setdefault("work.places", {})
    if places.get(each.name, each.key) != each.key:
        for name in [name for name in places if f"{name}.".startswith(f"{each.name}.")]:
            _desk().call_off(places.pop(name))
    places[each.name] = each.key
    return each, _desk().ask(each), each.place.empty(), each.place.container()


def _shown(each: Asked, work: Work, place) -> list[tuple]:
    """Draw a result; gives what is to be waited for next, if anything."""
    if work.called_off.is_set():
        return [_begun(each)]  # another session called it off; it is still wanted here
    with place, trouble(each.title):
        further = each.show(work.future.result())
        if isinstance(further, Asked) and not _is_off(further):
            return [_begun(further)]
    return []


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
