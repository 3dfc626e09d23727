"""Playing with a generator: samples of a seed, interpolation, latent directions, inversion.

Every control redraws this part of the page alone, and pictures go out as one sheet: a refresh takes milliseconds.
"""

import streamlit as st

from mlcore.generation.render import gif
from mlcore.generation.render.grid import grid
from pages.parts import formatting, pick
from pages.parts.components.into_view import into_view
from pages.parts.generate import directions, inspect, interpolation, inversion
from pages.parts.generate.controls import COLUMNS, class_of, download, seed_of, show, truncation_of
from pages.parts.trouble import trouble

WAYS = {"samples": "Samples", "walk": "Walk", "turn": "Knobs", "encode": "From a picture"}
MOST = 400
ROWS = 6


def play(generator) -> None:
    """Controls beside pictures, for the way of playing that was chosen."""
    way = pick.one("How", WAYS, "play", widget=st.segmented_control, required=True, label_visibility="collapsed")
    play_by = {
        "samples": _samples,
        "walk": interpolation.interpolate,
        "turn": directions.explore,
        "encode": inversion.invert,
    }
    st.fragment(play_by[way])(generator)


def _samples(generator) -> None:
    with trouble("Making pictures"):
        left, right = st.columns([1, 2], gap="large")
        with left:
            seed, target = seed_of("play"), class_of(generator, "play.class")
            columns = _columns(generator, target)
            count = st.number_input(
                "How many", 1, MOST, ROWS * columns, key=f"play.count.{columns}", persist_state="session"
            )
            truncation = truncation_of()
        pictures = generator.sample(int(count), seed, target, truncation)
        with right, st.container(key="play.sheet"):
            alt = f"{formatting.count(len(pictures), 'made picture')} from seed {seed}"
            drawn = show(grid(pictures, min(columns, len(pictures))), alt)
            names = [f"seed-{seed}-{number:03}" for number in range(len(pictures))]
            with st.container(horizontal=True):
                download("PNG", drawn, f"seed-{seed}.png", "image/png", "play.png")
                download("ZIP", lambda: gif.zipped(pictures, names), f"seed-{seed}.zip", "application/zip", "play.zip")
        into_view("play.sheet", "", "See the pictures", gently=True)
        inspect.inspect_pictures(generator, pictures, target)


def _columns(generator, target) -> int:
    classes = len(generator.card.classes)
    return classes if generator.conditional and target is None and classes <= COLUMNS else COLUMNS
