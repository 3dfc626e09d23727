"""Decoded pictures that are kept for a while: limited in bytes and age, for each session, and gone when it ends.

A photograph of 48 megapixels takes 146 MB decoded. It is needed at every rerun of a page, and by nobody else.
"""

import gc
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from mlcore.machine import memory
from pages.parts.desk import this_session

MOST_BYTES = 200_000_000  # of a session: the picture in sight, whatever its size, and smaller ones before it
SHARE_OF_ALL, LEAST_OF_ALL = 0.01, 250_000_000  # of the memory, and at least so many bytes: for all sessions
LARGE = 32_000_000  # bytes: a picture whose decoding leaves much behind
LARGE_FILE = 1_000_000  # bytes: two of such files are decoded one after the other
AFTER = 5.0  # seconds from a large picture, and from the end of a session, to a clean-up
AGE = 300.0  # seconds since it was last asked for
Key = tuple[str, str]  # session, content
Picture = TypeVar("Picture")
_large_ones = threading.RLock()


@dataclass
class Entry:
    """A picture, how large it is, and when it was last asked for."""

    thing: object
    nbytes: int
    used: float


class Kept:
    """What the sessions of a server keep; the least recently used goes first, the newest of a session stays."""

    def __init__(self, most: int = MOST_BYTES, of_all: int = 0, age: float = AGE) -> None:
        self.most, self.age = most, age
        self.of_all = of_all or max(LEAST_OF_ALL, int(SHARE_OF_ALL * memory.total()))
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def get(self, key: Key, make: Callable[[], Picture], size_of: Callable[[Picture], int]) -> Picture:
        """What is kept under the key, else what `make` gives, which is kept from now on."""
        with self._lock:
            entry = self._entries.get(key)
        thing: Picture = entry.thing if entry else make()  # type: ignore[assignment]
        with self._lock:
            is_new = key not in self._entries
            self._entries[key] = Entry(thing, size_of(thing), time.monotonic())
            self._entries.move_to_end(key)
            self._make_room(key[0])
            self._look_again()
        if is_new and size_of(thing) > LARGE:
            _clean_up()  # what decoding took besides, and what had to make room
            _clean_up_later()  # what drawing it takes besides
        return thing

    def release(self, session: str) -> None:
        """Forget what a session kept."""
        with self._lock:
            self._drop([key for key in self._entries if key[0] == session])
        _clean_up_later()  # what the session itself holds goes only after this

    def forget_old(self) -> None:
        """Forget what nobody asked for lately, and look again later."""
        with self._lock:
            now, self._timer = time.monotonic(), None
            self._drop([key for key, entry in self._entries.items() if now - entry.used >= self.age])
            self._look_again()
        _clean_up()

    def bytes(self, session: str | None = None) -> int:
        """How much a session keeps, or all of them."""
        return sum(entry.nbytes for key, entry in self._entries.items() if session in (None, key[0]))

    def _make_room(self, session: str) -> None:
        newest = next(reversed(self._entries))
        for key in list(self._entries):
            too_much = self.bytes() > self.of_all or (key[0] == session and self.bytes(session) > self.most)
            if key != newest and too_much:
                self._drop([key])

    def _drop(self, keys: list[Key]) -> None:
        for key in keys:
            del self._entries[key]

    def _look_again(self) -> None:
        if self._entries and self._timer is None:
            self._timer = threading.Timer(self.age, self.forget_old)
            self._timer.daemon = True
            self._timer.start()


def _clean_up_later() -> None:
    later = threading.Timer(AFTER, _clean_up)
    later.daemon = True
    later.start()


def _clean_up() -> None:
    """Free what nobody needs: parts of a page hold each other in circles, and with them the picture they are about."""
    gc.collect()
    memory.give_back()


@st.cache_resource(show_spinner=False)
def kept() -> Kept:
    """What the sessions of this server keep."""
    return Kept()


@st.cache_resource(show_spinner=False, scope="session", on_release=lambda session: kept().release(session))
def _until_it_ends(session: str) -> str:
    return session


def for_this_session(content: bytes, kind: str, make: Callable[[], Picture], size_of: Callable[[Picture], int]):
    """What `make` makes of a file's content, made once and kept for a while for this session."""
    session = this_session() and _until_it_ends(this_session())
    one_by_one = _large_ones if len(content) > LARGE_FILE else nullcontext()

    def made() -> Picture:
        with one_by_one:
            return make()

    return kept().get((session, f"{kind}-{hashlib.sha256(content).hexdigest()}"), made, size_of)
