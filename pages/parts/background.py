"""Waiting for work behind the page: it goes on, tells how far it is, and can be called off."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from pages.parts import formatting
from pages.parts.desk import LEAST_FREE, MOST_SECONDS, Key, Make, Work, desk, this_session
from pages.parts.trouble import trouble

PATIENCE_SECONDS = 0.3  # what is done by then shows no progress at all
LOOK_SECONDS = 0.2
LIMITS = (
    f"It may compute for {formatting.duration(MOST_SECONDS)} here and take {LEAST_FREE / 1e6:,.0f} MB, in turn with "
    "what others ask for; the command line has no limit."
)


@dataclass(frozen=True)
class Request:
    """Where on the page a result belongs, and how it is made and shown.

    `name` is the part of widget keys that belongs to the slot; `make(progress)` runs in another thread, and is None for
    what was begun by `begin` and is only followed here; `show` may give something else to ask for. `queue` is "now",
    "patient" for what isn't waited for at first, or "ahead" for what nobody asked for yet; the three are worked off
    side by side. What `stays` goes on while the person looks at other pages; else it ends a while after they left.
    """

    slot: DeltaGenerator
    name: str
    title: str
    key: Key
    make: Make | None
    show: Callable[[Any], "Request | None"]
    queue: str = "now"
    stays: bool = False


@dataclass
class _Wait:
    """A request under way: its work, and on the page a place for the progress above one for the result."""

    request: Request
    work: Work
    above: DeltaGenerator
    below: DeltaGenerator
    bar: DeltaGenerator | None = None

    def look(self, patient: bool) -> "list[_Wait]":
        """Show how far it is, or the result; gives what is to be waited for from here on."""
        if not self.work.future.done():
            self.work.want(this_session())
            if not patient:
                self._draw_progress()
            return [self]
        if self.work.called_off.is_set():
            return self._look_for_successor()
        self.above.empty()
        return self._show_result()

    def _look_for_successor(self) -> "list[_Wait]":
        """It was called off, or moved: what is wanted here is begun again, what was only followed is over."""
        work = _work_of(self.request)
        if work is None:
            self.above.empty()
            return []
        self.work = work
        return [self]

    def _show_result(self) -> "list[_Wait]":
        request = self.request
        _forget(request.key)
        with self.below, trouble(request.title):
            further = request.show(self.work.future.result())
            if isinstance(further, Request):
                return _begun(further)
        return []

    def _draw_progress(self) -> None:
        request = self.request
        if self.bar is None:
            with self.above.container():
                self.bar = st.empty()
                name, icon = request.name, ":material/close:"
                st.button("Cancel", key=f"{name}.cancel", icon=icon, on_click=call_off, args=(name, request.key))
        self.bar.progress(min(1.0, self.work.share), text=self.work.line)


def wait(requests: list[Request]) -> None:
    """Show each result in its slot as soon as it is there; until then its progress, with a button to call it off."""
    _call_off_ahead(but=[request.key for request in requests])
    waits = [each for request in requests for each in _begun(request)]
    patience = time.monotonic() + PATIENCE_SECONDS
    while waits:
        waits = [further for each in waits for further in each.look(time.monotonic() < patience)]
        if waits:
            time.sleep(LOOK_SECONDS if any(each.bar for each in waits) else 0.005)
        make_way()


def begin(key: Key, title: str, make: Make, queue: str = "now") -> None:
    """Start what is done once for all sessions, such as storing a data set; any of them can `follow` it."""
    desk().ask(key, title, make, queue, anew=True, session=this_session(), lasts=True)
    st.session_state.setdefault("work.begun", []).append(key)


def follow(kind: str, show: Callable[[Any], None]) -> list[Request]:
    """What `begin` started of a kind, to be waited for here: all under way, and what this session saw no end of."""
    own = [key for key in st.session_state.get("work.begun", []) if key[0] == kind]
    works = {key: desk().find(key) for key in [*desk().under_way(kind), *own]}
    return [
        Request(st.container(), ".".join(map(str, key)), work.title, key, None, show)
        for key, work in works.items()
        if work
    ]


def is_known(key: Key) -> bool:
    """Whether somebody asked for that, and it is under way or done."""
    return desk().find(key) is not None


def call_off(name: str, key: Key) -> None:
    """End the work of that key; a callback. Its slot then offers to start it again."""
    st.session_state[f"{name}.off"] = key
    desk().call_off(key, session=this_session())
    _forget(key)


def ahead(requests: list[Request]) -> list[Any]:
    """Do what a person is likely to ask for next, in place of what was begun so before; gives what came of it.

    Nothing of it is shown, and whatever the person does meanwhile comes first.
    """
    _call_off_ahead()
    wanted = [each for each in requests if st.session_state.get(f"{each.name}.off") != each.key]
    session = this_session()
    works = [desk().ask(each.key, each.title, each.make, "ahead", session=session) for each in wanted if each.make]
    st.session_state["work.ahead"] = [each.key for each in wanted]
    while not all(work.future.done() for work in works):
        for work in works:
            work.want(session)
        time.sleep(PATIENCE_SECONDS / 10)
        make_way()
    return [work.future.result() for work in works if not work.failed]


def make_way() -> None:
    """End this run for what the person did meanwhile, and when they left; the page runs anew with it.

    Streamlit ends a run of the page for that, but not for what stands in a fragment: a class chosen while maps are
    tested would wait until they are.
    """
    requests = getattr(get_script_run_ctx(suppress_warning=True), "script_requests", None)
    if requests and requests._state is ScriptRequestType.STOP:
        st.stop()
    if requests and asks_for_more(requests):
        st.rerun()


def asks_for_more(requests: Any) -> bool:
    """Whether a run of the page or a fragment is waiting, other than one by the clock."""
    return requests._state is ScriptRequestType.RERUN and not requests._rerun_data.is_auto_rerun


def _call_off_ahead(but: list[Key] | tuple[()] = ()) -> None:
    """End what was begun ahead and isn't asked for."""
    for key in st.session_state.get("work.ahead", []):
        if key not in but:
            desk().call_off(key, "ahead", this_session())


def _begun(request: Request) -> list[_Wait]:
    """The wait for a request; none where there is nothing to wait for."""
    work = _work_of(request)
    return [_Wait(request, work, request.slot.empty(), request.slot.container())] if work else []


def _work_of(request: Request) -> Work | None:
    """The work for a request, begun if need be; None for what is over, and for what the person called off."""
    if request.make is None:
        return desk().find(request.key)
    if _is_off(request):
        return None
    _end_earlier(request)
    return desk().ask(
        request.key, request.title, request.make, request.queue, session=this_session(), stays=request.stays
    )


def _end_earlier(request: Request) -> None:
    """End what the same slot asked for earlier, and what was to follow it there."""
    slots = st.session_state.setdefault("work.places", {})
    if slots.get(request.name, request.key) != request.key:
        for name in [name for name in slots if f"{name}.".startswith(f"{request.name}.")]:
            desk().call_off(slots.pop(name), session=this_session())
    slots[request.name] = request.key


def _is_off(request: Request) -> bool:
    """Whether the person called exactly this off; then a button starts it again."""
    if st.session_state.get(f"{request.name}.off") != request.key:
        return False
    with request.slot:
        st.caption(f"{request.title} was called off.")
        again = f"{request.name}.again"
        st.button("Start again", key=again, on_click=st.session_state.pop, args=(f"{request.name}.off",))
    return True


def _forget(key: Key) -> None:
    """Wait no more for the end of what `begin` started."""
    if key in st.session_state.get("work.begun", []):
        st.session_state["work.begun"].remove(key)
