"""Inversion: the nearest that a generator can make of a real picture, and editing it in the latent space."""

import numpy as np
import streamlit as st

from mlcore import images
from mlcore.generation.latent.edit import Inversion, edited, inversion_of
from mlcore.generation.latent.inversion import Match
from mlcore.generation.render.grid import grid
from mlcore.progress import Progress
from pages.parts import background, formatting, picture
from pages.parts.generate import controls, directions
from pages.parts.layout import cells
from pages.parts.pick import stamp
from pages.parts.trouble import notices, trouble

STOPS = 10  # pictures of the strip
SIDE = 320  # pixels
VERDICTS = {
    "near": "**The generator can make this picture**, or nearly: it is {off} off on average, and one of its own "
    "pictures is {usual} from the next.",
    "alike": "**The generator makes one that is alike, not this one**: it is {off} off on average, little less than "
    "the {usual} from one of its own pictures to the next.",
    "far": "**The generator can't come near this picture**: the nearest that it can make is {off} off on average, more "
    "than the {usual} from one of its own pictures to the next. It probably learned from pictures of another kind.",
}


def invert(generator) -> None:
    """A picture, the noise behind it, and controls that change it."""
    with trouble("Encoding"):
        chosen = picture.choose_single("encode")
        if chosen is None:
            st.write("Choose a picture above: the noise is searched that makes one most like it, to be changed then.")
            return
        notices(chosen.picture.notices, "encode")
        target = controls.class_of(generator, "encode.as", "Class to search in", anyone="Whichever comes nearest")
        key = ("encode", stamp(generator.card.id), chosen.picture.sha256, target)
        results: list[Inversion] = []

        def make(progress: Progress) -> Inversion:
            return inversion_of(generator, chosen.picture.pixels, target, progress=progress)

        slot, title = st.container(), "Searching the noise behind it"
        background.wait([background.Request(slot, "encode", title, key, make, results.append)])
        if results:
            _begin(key, results[0])
            _compare(generator, results[0], chosen.name)
            st.subheader("Change it", anchor=False)
            _edit(generator, results[0].best, chosen.name)


def _begin(key: tuple, result: Inversion) -> None:
    """Everything as the picture was found, when it is another one than before."""
    if st.session_state.get("encode.of") != key:
        st.session_state.update({"encode.of": key, "encode.class": result.best.target, "encode.share": 0})
        directions.reset("encode")


def _compare(generator, result: Inversion, name: str) -> None:
    """The picture beside the nearest one, and how near that is."""
    pair, verdict = st.columns([2, 1])
    with pair:
        given, nearest = cells(2, 2, 150)
    as_class = "" if result.best.target is None else f", as {generator.card.classes[result.best.target]}"
    for cell, pixels, text in (
        (given, result.wanted, "The picture, as small as the generator's"),
        (nearest, result.best.picture, f"The nearest it can make{as_class}"),
    ):
        with cell:
            controls.show(pixels, f"{name}: {text}", SIDE)
            st.caption(formatting.plain(text))
    off, usual = (formatting.percent(each) for each in (result.best.error, result.usual))
    verdict.write(VERDICTS[result.verdict].format(off=off, usual=usual))


def _edit(generator, start: Match, name: str) -> None:
    """Class, walk and knobs beside the picture that they change."""
    left, right = st.columns(2, gap="large")
    with right:
        move = _moved(generator)
    with left:
        slot = st.container()
        target = controls.class_of(generator, "encode.class", each=False)
        st.session_state.setdefault("encode.seed", 1)
        text = "The noise goes from this picture's to that of the seed's first picture"
        seed = st.number_input("Walk to seed", 0, controls.SEEDS, key="encode.seed", help=text, persist_state="session")
        share = st.slider("How far", 0, 100, format="%d\u00a0%%", key="encode.share", persist_state="session")
        pictures = edited(generator, start, [*np.linspace(0, 1, STOPS), share / 100], int(seed or 0), target, move)
        with slot.container(width=SIDE):
            controls.show(pictures[-1], f"{name}, with your changes", SIDE)
            st.caption("With your changes")
        drawn = controls.show(grid(pictures[:-1], STOPS), f"The way from the picture to seed {seed} in ten stops")
        with st.container(horizontal=True):
            controls.download("PNG", lambda: images.png(pictures[-1]), "edited.png", "image/png", "encode.png")
            controls.download("The way", drawn, "way.png", "image/png", "encode.way")


def _moved(generator):
    """How far the knobs move the noise; not at all while they aren't known."""
    with trouble("Its knobs"):
        axes = directions.directions_of(generator)
        if axes is not None:
            return np.asarray(directions.knobs(len(axes), "encode")) @ axes
    return 0.0
