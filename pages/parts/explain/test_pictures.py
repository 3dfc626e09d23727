"""One of the test pictures of a model, chosen by looking at some of them."""

import numpy as np
import streamlit as st

from mlcore import data
from mlcore.library.card import Card
from pages.parts import gallery, picture, shell
from pages.parts.formatting import plain, title_in
from pages.parts.layout import cells, whole

SHOWN = 12
ANY, TURN = "any", "explain.tests.turn"
LABEL_WIDTH = 88  # pixels of a picture with a button below it


def test_pictures(card: Card) -> None:
    """Some pictures of the model's own test split, each with a button that takes it."""
    dataset = data.at_hand(card.data, card.fingerprint)
    if dataset is None:
        _none(card)
        return
    split = dataset.split("test")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        titles = {ANY: "Any class"} | {str(index): name for index, name in enumerate(dataset.classes)}
        wanted = st.selectbox("Class", list(titles), format_func=title_in(titles), key="explain.tests.class", width=220)
        st.button("Show others", key="explain.tests.others", icon=":material/refresh:", on_click=_turn)
    chosen = _some(split, None if wanted == ANY else int(wanted))
    for cell, index, pixels in zip(cells(len(chosen), 6, LABEL_WIDTH), chosen, split.read(chosen), strict=True):
        name = dataset.classes[split.labels[index]]
        part = whole(cell, f"tests.{index}")
        part.image(gallery.flat(pixels), width="stretch", alt=f"Test picture {index}: {name}")
        address = gallery.reference(split, index, pixels)
        key = f"explain.tests.{index}"
        part.button(plain(name), key=key, width="stretch", on_click=picture.choose, args=(address,))
    gallery.partly(dataset, f"{len(split.at_hand):,} of the {len(split):,} test pictures")


def _some(split, label: int | None) -> list[int]:
    """Places of a few pictures that are here, other ones at each turn."""
    places = split.at_hand if label is None else np.flatnonzero(split.labels == label)
    order = np.random.default_rng(0).permutation(places)
    start = SHOWN * st.session_state.get(TURN, 0) % max(1, len(order))
    return [int(place) for place in np.roll(order, -start)[:SHOWN]]


def _turn() -> None:
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _none(card: Card) -> None:
    if data.summary(card.data) is None:
        st.write("The test pictures of this model can't be had here: drop a picture of your own, or take an example.")
        return
    st.write("The test pictures of this model aren't on this machine.")
    st.page_link(shell.path("data"), label="Add the data set", icon=":material/arrow_forward:")
