"""Interpolation in the latent space: from one made picture to another, and from class to class."""

import numpy as np
import streamlit as st

from mlcore.generation.generator import Generator
from mlcore.generation.latent import interpolation
from mlcore.generation.render import gif
from mlcore.generation.render.grid import grid
from pages.parts.generate import controls
from pages.parts.trouble import trouble

STOPS = 10  # pictures of the strip
FRAMES = 24  # of the GIF, there and back again
PLACES = 4  # pictures of each seed that are followed
CLOSE = 320  # pixels


def interpolate(generator) -> None:
    """A strip of stops on the way, a slider that goes along it, and the whole walk as a GIF."""
    with trouble("Walking"):
        left, right = st.columns([1, 2], gap="large")
        with left:
            seeds, classes = _ends(generator)
            share = st.slider("How far", 0, 100, 50, format="%d\u00a0%%", key="walk.share", persist_state="session")
        ways = interpolation.way(generator, seeds, classes, [*np.linspace(0, 1, STOPS), share / 100], PLACES)
        with left:
            controls.show(_frames(ways[:, -1:])[0], f"{share}\u00a0% of the way", CLOSE)
        with right:
            strip = ways[:, :-1].reshape(-1, *ways.shape[2:])
            drawn = controls.show(grid(strip, STOPS), "The way from the start to the end in ten stops")
            _downloads(generator, seeds, classes, drawn)


def _ends(generator: Generator) -> tuple[tuple[int, int], tuple[int, int]]:
    """Seeds and classes of both ends."""
    last, (left, right) = min(1, len(generator.card.classes) - 1), st.columns(2)
    with left:
        start = _end(generator, "from", 0, 0)
    with right:
        end = _end(generator, "to", 1, last, "The same seed on both sides changes the class alone")
    return (start[0], end[0]), (start[1], end[1])


def _end(generator: Generator, name: str, seed: int, default: int, text: str | None = None) -> tuple[int, int]:
    """Seed and class of one end."""
    key, title = f"walk.{name}", name.capitalize()
    st.session_state.setdefault(key, seed)
    typed = st.number_input(f"{title} seed", 0, controls.SEEDS, key=key, help=text, persist_state="session")
    target = controls.class_of(generator, f"{key}.class", f"{title} class", each=False, default=default)
    return int(typed or 0), target or 0


def _frames(ways) -> list[np.ndarray]:
    """The followed pictures at each stop of their ways (PLACES, N, H, W, 3), two by two."""
    return [gif.enlarged(grid(stop, 2), CLOSE) for stop in ways.swapaxes(0, 1)]


def _downloads(generator, seeds, classes, drawn: bytes) -> None:
    shares = np.linspace(0, 1, FRAMES)

    def moving() -> bytes:
        frames = _frames(interpolation.way(generator, seeds, classes, shares, PLACES))
        return gif.gif([*frames, *frames[-2:0:-1]])

    def files() -> bytes:
        (first,) = interpolation.way(generator, seeds, classes, shares)
        return gif.zipped(first, [f"stop-{number:02}" for number in range(FRAMES)])

    with st.container(horizontal=True):
        controls.download("PNG", drawn, "walk.png", "image/png", "walk.png")
        controls.download("GIF", moving, "walk.gif", "image/gif", "walk.gif")
        controls.download("ZIP", files, "walk.zip", "application/zip", "walk.zip")
