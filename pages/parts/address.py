"""What is chosen on the pages, and the address that says so: one owner for both.

Its laws: a click beats the address; an address beats what was chosen before, once, when it is opened; a page is one
entry of the browser's history; Back, Forward, a reload and a second tab show the same; an address that names what
isn't here says so.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import streamlit as st

ECHO_SECONDS = 10  # a browser may send the address before this one for as long, when a person clicks quickly


@dataclass
class _Address:
    """The address of a session, and what was chosen by it or by hand."""

    page: str | None = None
    query: dict[str, str] = field(default_factory=dict)  # what the page shows
    sent: dict[str, str] = field(default_factory=dict)  # what the browser has, or soon will
    earlier: list[tuple[float, dict[str, str]]] = field(default_factory=list)  # what it had on this page, until when
    opened: dict[str, str] = field(default_factory=dict)  # by an address that was opened; nobody has taken it yet
    stale: dict[str, str] = field(default_factory=dict)  # what names nothing here
    displayed: dict[str, str] = field(default_factory=dict)  # on this page, chosen or by default
    drawn: set[str] = field(default_factory=set)  # the keys that this run of the page shows
    chosen: dict[str, str] = field(default_factory=dict)  # for all pages
    is_ready: bool = False  # the browser keeps one entry of its history for a page


def arrive(page: str) -> None:
    """A page begins: an address that was opened says what is chosen, once."""
    now, query = _now(), st.query_params.to_dict()
    if page != now.page:
        for key in now.displayed.keys() - now.chosen.keys():
            st.session_state.pop(key, None)  # a default of the page before isn't a choice
        now.page, now.query, now.opened = page, dict(query), dict(query)
        now.stale, now.displayed, now.earlier = {}, {}, []
    elif query != now.sent and not _is_echo(query):
        now.opened |= {key: value for key, value in query.items() if value != now.sent.get(key)}
    now.sent, now.drawn = query, set()


@st.fragment
def own_history(keeps_one_entry: Callable[[bool], bool]) -> None:
    """Send nothing until the browser keeps one entry of its history for a page.

    It has a place outside the page: what a fragment draws must never fall into the place of another page.
    """
    now = _now()
    if keeps_one_entry(now.is_ready) and not now.is_ready:
        now.is_ready = True
        _send()


def settle() -> None:
    """A page is drawn: its address holds what it shows, and nothing else."""
    now = _now()
    kept = now.drawn | set(now.opened) | set(now.stale)
    now.query = {key: value for key, value in now.query.items() if key in kept}
    _send()


def value(key: str, among: Collection[str] | None = None, stays: bool = True) -> str | None:
    """What is chosen: by the address that was just opened, else by hand; None when it isn't `among` what can be.

    Where nothing is chosen, what the page showed before `stays`: a default doesn't change under the eye.
    """
    now = _now()
    opened = now.opened.pop(key, None)
    if opened is not None and among is not None and opened not in among:
        now.stale[key] = opened
    elif opened is not None:
        now.chosen[key] = opened
    elif (clicked := st.session_state.get(key)) is not None and clicked != now.displayed.get(key, now.chosen.get(key)):
        choose(key, clicked)
    known = (now.chosen.get(key), now.displayed.get(key) if stays else None)
    return next((each for each in known if each is not None and (among is None or each in among)), None)


def take(key: str) -> str | None:
    """What an address that was just opened says, once; for what isn't chosen out of a list."""
    return _now().opened.pop(key, None)


def asked(key: str) -> str | None:
    """What an address that was just opened says, left for whoever takes it."""
    return _now().opened.get(key)


def recent(key: str) -> str | None:
    """What was chosen last, on whatever page, whether or not it can be chosen here."""
    return st.session_state.get(key, _now().chosen.get(key))


def stale(key: str) -> str | None:
    """What the address asked for and isn't here, until something else is chosen."""
    return _now().stale.get(key)


def choose(key: str, chosen: str | None) -> None:
    """Choose by hand, in a callback, too; None: nothing is chosen any more."""
    now = _now()
    for kept in (now.opened, now.stale, now.displayed, now.chosen, now.query, st.session_state):
        kept.pop(key, None)
    if chosen is not None:
        st.session_state[key] = now.chosen[key] = chosen
    _send()


def show(key: str, text: str | None) -> None:
    """Put what the page shows into its address; what is empty leaves it."""
    now = _now()
    now.query.pop(key, None)
    if text:
        now.drawn.add(key)
        now.displayed[key] = text
        now.query[key] = now.stale.get(key, text)
    _send()


def _now() -> _Address:
    return st.session_state.setdefault("address", _Address())


def _is_echo(query: dict[str, str]) -> bool:
    """Whether a browser speaks of an address that was replaced while it asked."""
    return any(query == before and time.monotonic() - until < ECHO_SECONDS for until, before in _now().earlier)


def _send() -> None:
    now = _now()
    if now.is_ready and now.query != now.sent:
        now.earlier = [*now.earlier[-20:], (time.monotonic(), now.sent)]
        now.sent = dict(now.query)
        st.query_params.from_dict(dict(sorted(now.query.items())))
