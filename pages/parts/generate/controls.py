"""What several ways of playing with a generator share: seed, class, truncation, a sheet of pictures, downloads."""

import secrets
from collections.abc import Callable

import numpy as np
import streamlit as st

from mlcore import images
from mlcore.generation.generator import Generator
from mlcore.generation.render import gif
from pages.parts.formatting import title_in

COLUMNS = 10
SEEDS = 2**31 - 1
EACH = -1  # instead of a class


def seed_of(prefix: str, label: str = "Seed") -> int:
    """A seed that can be typed, drawn anew, locked and copied."""
    key, lock = f"{prefix}.seed", f"{prefix}.lock"
    st.session_state.setdefault(key, 0)
    locked = bool(st.session_state.get(lock))
    text = "The number that the noise comes from: the same seed makes the same pictures"
    seed = st.number_input(label, 0, SEEDS, key=key, help=text, disabled=locked, persist_state="session")
    with st.container(horizontal=True, vertical_alignment="center"):
        icon = ":material/casino:"
        st.button("Another", key=f"{prefix}.another", icon=icon, disabled=locked, on_click=_redraw, args=(key,))
        st.toggle("Lock", key=lock, help="Keeps the seed from being changed by accident", persist_state="session")
        st.code(str(int(seed or 0)), language=None, width="content")
    return int(seed or 0)


def _redraw(key: str) -> None:
    st.session_state[key] = secrets.randbelow(1_000_000)


def class_of(
    generator: Generator, key: str, label: str = "Class", each: bool = True, default: int = 0, anyone: str = ""
) -> int | None:
    """A class by its number, or None for each in turn; nothing is asked of a generator that knows no classes.

    `anyone` is what it is called not to choose a class.
    """
    if not generator.conditional:
        return None
    names = generator.card.classes
    titles = dict(enumerate(names))
    if each:
        in_turn = "A column for each" if len(names) <= COLUMNS else "Each in turn"
        titles = {EACH: anyone or in_turn} | titles
    if st.session_state.get(key) not in titles:  # the first look, or another generator
        st.session_state[key] = EACH if each else default
    chosen = st.selectbox(label, list(titles), format_func=title_in(titles), key=key, persist_state="session")
    return None if chosen == EACH else chosen


def truncation_of() -> float:
    """How near to the middle of the noise pictures are drawn."""
    text = "The noise is multiplied by this. Below 1, pictures are more typical and less varied; at 0 all are alike."
    st.session_state.setdefault("play.truncation", 1.0)
    return st.slider("Truncation", 0.0, 1.5, step=0.05, key="play.truncation", help=text, persist_state="session")


def show(pixels: np.ndarray, alt: str, width: int = gif.WIDEST) -> bytes:
    """Draw a sheet of pictures, enlarged up to a width; gives its PNG."""
    drawn = images.png(gif.enlarged(pixels, width))
    st.image(drawn, width="stretch", alt=alt)
    return drawn


def download(label: str, content: bytes | Callable[[], bytes], name: str, mime: str, key: str) -> None:
    """A button that hands out a file without redrawing the page; `content` may be made when it is pressed."""
    st.download_button(label, content, name, mime, key=key, icon=":material/download:", on_click="ignore")
