"""From one made picture to another: through the noise between two seeds, and from class to class."""

import numpy as np
import streamlit as st

from mlcore.generation import blend, film
from mlcore.generation.sheet import sheet
from pages.parts import play
from pages.parts.trouble import trouble

STOPS = 10  # pictures of the strip
FRAMES = 24  # of the GIF, there and back again
PLACES = 4  # pictures of each seed that are followed
CLOSE = 320  # pixels


def walk(generator) -> None:
    """A strip of stops on the way, a slider that goes along it, and the whole walk as a GIF."""
    with trouble("Walking"):
        left, right = st.columns([1, 2], gap="large")
        with left:
            seeds, classes = _ends(generator)
            share = st.slider("How far", 0, 100, 50, format="%d %%", key="walk.share", persist_state="session")
            play.show(_frame(generator, seeds, classes, [share / 100])[0], f"{share} % of the way")
        strip = _rows(generator, seeds, classes, np.linspace(0, 1, STOPS))
        with right:
            drawn = play.show(sheet(np.concatenate(strip), STOPS), "The way from the start to the end in ten stops")
            _downloads(generator, seeds, classes, drawn)


def _ends(generator) -> tuple[tuple[int, int], tuple[int, int]]:
    seeds, classes = [], []
    for column, name, other in zip(st.columns(2), ("from", "to"), (0, 1), strict=True):
        with column:
            st.session_state.setdefault(f"walk.{name}", other)
            words = f"{name.capitalize()} seed"
            help = "The same seed on both sides changes the class alone" if other else None
            seeds.append(st.number_input(words, 0, play.SEEDS, key=f"walk.{name}", help=help, persist_state="session"))
            last = min(1, len(generator.card.classes) - 1)
            classes.append(play.class_of(generator, f"walk.{name}.class", each=False, default=other and last) or 0)
    return tuple(int(seed or 0) for seed in seeds), tuple(classes)


def _rows(generator, seeds, classes, shares) -> list[np.ndarray]:
    return [blend.way(generator, seeds, classes, shares, place) for place in range(PLACES)]


def _frame(generator, seeds, classes, shares) -> list[np.ndarray]:
    """The followed pictures at each share of the way, two by two."""
    rows = _rows(generator, seeds, classes, shares)
    return [film.enlarged(sheet(np.stack(stop), 2), CLOSE) for stop in zip(*rows, strict=True)]


def _downloads(generator, seeds, classes, drawn: bytes) -> None:
    def moving() -> bytes:
        frames = _frame(generator, seeds, classes, np.linspace(0, 1, FRAMES))
        return film.gif([*frames, *frames[-2:0:-1]])

    def files() -> bytes:
        shares = np.linspace(0, 1, FRAMES)
        return film.zipped(blend.way(generator, seeds, classes, shares), [f"stop-{n:02}" for n in range(FRAMES)])

    with st.container(horizontal=True):
        play.download("PNG", drawn, "walk.png", "image/png", "walk.png")
        play.download("GIF", moving, "walk.gif", "image/gif", "walk.gif")
        play.download("ZIP", files, "walk.zip", "application/zip", "walk.zip")
