"""Playing with a generator: samples of a seed, ways from one picture to another, directions in the noise.

Every control redraws this part of the page alone, and pictures go out as one sheet: a refresh takes milliseconds.
"""

import secrets

import streamlit as st

from mlcore import images
from mlcore.generation.render import gif
from mlcore.generation.render.grid import sheet
from pages.parts import formatting, pick
from pages.parts.generate import directions, inspect, interpolation, inversion
from pages.parts.trouble import trouble

WAYS = {"samples": "Samples", "walk": "Walk", "turn": "Knobs", "encode": "From a picture"}
MOST = 400
ROWS = 6
COLUMNS = 10
SEEDS = 2**31 - 1
EACH = -1  # instead of a class


def play(generator) -> None:
    """Controls beside pictures, for the way of playing that was chosen."""
    way = pick.one("How", WAYS, "play", widget=st.segmented_control, required=True, label_visibility="collapsed")
    ways = {"samples": _samples, "walk": interpolation.walk, "turn": directions.turned, "encode": inversion.encoding}
    st.fragment(ways[way])(generator)


def _samples(generator) -> None:
    with trouble("Making pictures"):
        left, right = st.columns([1, 2], gap="large")
        with left:
            seed, target = seed_of("play"), class_of(generator, "play.class")
            columns = _columns(generator, target)
            count = st.number_input("How many", 1, MOST, ROWS * columns, key=f"play.count.{columns}",
                                    persist_state="session")  # fmt: skip
            truncation = truncation_of()
        pictures = generator.sample(int(count), seed, target, truncation)
        with right:
            told = f"{formatting.count(len(pictures), 'made picture')} from seed {seed}"
            drawn = show(sheet(pictures, min(columns, len(pictures))), told)
            names = [f"seed-{seed}-{place:03}" for place in range(len(pictures))]
            with st.container(horizontal=True):
                download("PNG", drawn, f"seed-{seed}.png", "image/png", "play.png")
                download("ZIP", lambda: gif.zipped(pictures, names), f"seed-{seed}.zip", "application/zip", "play.zip")
        inspect.closer(generator, pictures, target)


def seed_of(prefix: str, label: str = "Seed") -> int:
    """A seed that can be typed, drawn anew, locked and copied."""
    key, lock = f"{prefix}.seed", f"{prefix}.lock"
    st.session_state.setdefault(key, 0)
    locked = bool(st.session_state.get(lock))
    text = "The number that the noise comes from: the same seed makes the same pictures"
    seed = st.number_input(label, 0, SEEDS, key=key, help=text, disabled=locked, persist_state="session")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Another", key=f"{prefix}.another", icon=":material/casino:", disabled=locked, on_click=_redraw,
                  args=(key,))  # fmt: skip
        st.toggle("Lock", key=lock, help="Keeps the seed from being changed by accident", persist_state="session")
        st.code(str(int(seed or 0)), language=None, width="content")
    return int(seed or 0)


def _redraw(key: str) -> None:
    st.session_state[key] = secrets.randbelow(1_000_000)


def class_of(generator, key: str, label: str = "Class", each: bool = True, default: int = 0, anyone: str = ""):
    """A class by its number, or None for each in turn; nothing is asked of a generator that knows no classes.

    `anyone` is what it is called not to choose a class.
    """
    if not generator.conditional:
        return None
    names = generator.card.classes
    title = dict(enumerate(names))
    if each:
        in_turn = "A column for each" if len(names) <= COLUMNS else "Each in turn"
        title = {EACH: anyone or in_turn} | title
    if st.session_state.get(key) not in title:  # the first look, or another generator
        st.session_state[key] = EACH if each else default
    chosen = st.selectbox(label, list(title), format_func=title.get, key=key, persist_state="session")
    return None if chosen == EACH else chosen


def truncation_of() -> float:
    """How near to the middle of the noise pictures are drawn."""
    text = "The noise is multiplied by this. Below 1, pictures are more typical and less varied; at 0 all are alike."
    st.session_state.setdefault("play.truncation", 1.0)
    return st.slider("Truncation", 0.0, 1.5, step=0.05, key="play.truncation", help=text, persist_state="session")


def show(pixels, told: str, width: int = gif.WIDEST) -> bytes:
    """Draw a sheet of pictures, enlarged up to a width; gives its PNG."""
    drawn = images.png(gif.enlarged(pixels, width))
    st.image(drawn, width="stretch", alt=told)
    return drawn


def download(label: str, content, name: str, mime: str, key: str) -> None:
    """A button that hands out a file without redrawing the page; `content` may be made when it is pressed."""
    st.download_button(label, content, name, mime, key=key, icon=":material/download:", on_click="ignore")


def _columns(generator, target) -> int:
    known = len(generator.card.classes)
    return known if generator.conditional and target is None and known <= COLUMNS else COLUMNS
