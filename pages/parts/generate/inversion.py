"""From a real picture: the nearest that a generator can make of it, and what becomes of it under the hands."""

import numpy as np
import streamlit as st

from mlcore import images
from mlcore.generation.latent.edit import edited, inversion_of
from mlcore.generation.render.grid import grid
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


def encoding(generator) -> None:
    """A picture, the noise behind it, and controls that change it."""
    with trouble("Encoding"):
        chosen = picture.choose_single("encode")
        if chosen is None:
            st.write("Choose a picture above: the noise is searched that makes one most like it, to be changed then.")
            return
        notices(chosen.picture.notices, "encode")
        target = controls.class_of(generator, "encode.as", "Class to search in", anyone="Whichever comes nearest")
        key = ("encode", stamp(generator.card.id), chosen.picture.sha256, target)
        found, pixels = [], chosen.picture.pixels

        def make(progress):
            return inversion_of(generator, pixels, target, progress=progress)

        place, title = st.container(), "Searching the noise behind it"
        background.wait([background.Request(place, "encode", title, key, make, found.append)])
        if found:
            _begin(key, found[0])
            _compared(generator, found[0], chosen.name)
            st.subheader("Change it", anchor=False)
            _edit(generator, found[0].best, chosen.name)


def _begin(key: tuple, found) -> None:
    """Everything as the picture was found, when it is another one than before."""
    if st.session_state.get("encode.of") != key:
        st.session_state.update({"encode.of": key, "encode.class": found.best.target, "encode.share": 0})
        directions.reset("encode")


def _compared(generator, found, name: str) -> None:
    """The picture beside the nearest one, and how near that is."""
    pair, told = st.columns([2, 1])
    with pair:
        given, nearest = cells(2, 2, 150)
    as_class = "" if found.best.target is None else f", as {generator.card.classes[found.best.target]}"
    for place, pixels, text in (
        (given, found.wanted, "The picture, as small as the generator's"),
        (nearest, found.best.picture, f"The nearest it can make{as_class}"),
    ):
        with place:
            controls.show(pixels, f"{name}: {text}", SIDE)
            st.caption(formatting.plain(text))
    off, usual = (formatting.percent(each) for each in (found.best.error, found.usual))
    told.write(VERDICTS[found.verdict].format(off=off, usual=usual))


def _edit(generator, found, name: str) -> None:
    """Class, walk and knobs beside the picture that they change."""
    left, right = st.columns(2, gap="large")
    with right:
        move = _moved(generator)
    with left:
        place = st.container()
        target = controls.class_of(generator, "encode.class", each=False)
        st.session_state.setdefault("encode.seed", 1)
        text = "The noise goes from this picture's to that of the seed's first picture"
        seed = st.number_input("Walk to seed", 0, controls.SEEDS, key="encode.seed", help=text, persist_state="session")
        share = st.slider("How far", 0, 100, format="%d %%", key="encode.share", persist_state="session")
        made = edited(generator, found, [*np.linspace(0, 1, STOPS), share / 100], int(seed or 0), target, move)
        with place.container(width=SIDE):
            controls.show(made[-1], f"{name}, with your changes", SIDE)
            st.caption("With your changes")
        drawn = controls.show(grid(made[:-1], STOPS), f"The way from the picture to seed {seed} in ten stops")
        with st.container(horizontal=True):
            controls.download("PNG", lambda: images.png(made[-1]), "edited.png", "image/png", "encode.png")
            controls.download("The way", drawn, "way.png", "image/png", "encode.way")


def _moved(generator):
    """How far the knobs move the noise; not at all while they aren't known."""
    with trouble("Its knobs"):
        known = directions.known_directions(generator)
        if known is not None:
            return np.asarray(directions.knobs(len(known), "encode")) @ known
    return 0.0
