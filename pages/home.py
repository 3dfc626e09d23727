"""Home: put a picture in, see what it is and why; what is on the shelf and what this machine is doing."""

import streamlit as st

from mlcore import library
from pages.parts import formatting, pick, picture, shell
from pages.parts.components.into_view import into_view
from pages.parts.layout import reserved
from pages.parts.trouble import notices, trouble

shell.require()

ZONE_HEIGHT = 240  # of the ways for a picture to come in
HEADER = "| Model | Classes | Test accuracy | Origin |\n|---|---|---|---|"


def question() -> object:
    """The drop zone beside the examples; returns the card of the model that is to answer, if there is one."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        with reserved("home.zone", ZONE_HEIGHT):
            picture.drop_zone("home", "Drop a picture, or choose a file")
        card = answering() if library.classifiers() else None
    with right, trouble("Showing the examples"):
        if card:
            st.caption("Or try one of these")
            picture.example_buttons("home")
    return card


def answering():
    """The model that is to answer: the one that was chosen, else the one that suits the picture."""
    chosen, _ = picture.attempt(picture.current)
    return pick.model("Answered by", help="Every model in the library can answer", chosen=chosen)


def first_answer(card) -> None:
    """The answer for the current picture, when there is one."""
    chosen = picture.current(card=card)
    if chosen is None:
        return
    from pages.parts.answer.answer import answer  # brings Plotly, which the heading needn't wait for

    with st.spinner("Looking at the picture…"):
        answer(pick.classifier(card), chosen, "home.answer")
    notices(chosen.picture.notices, "home")
    into_view("home.answer.place", (card.id, chosen.picture.sha256), "See the answer")


def shelf() -> None:
    """The models that can answer, one line each."""
    st.subheader("Models on the shelf", anchor=False)
    cards = library.classifiers()
    if not cards:
        st.write("There is no model yet.")
        st.page_link(shell.path("train"), label="Train your first model", icon=":material/arrow_forward:")
        return
    st.markdown("\n".join([HEADER, *map(_row, cards[:20])]))  # a data frame would load pandas before the first answer
    if len(cards) > 20:
        st.page_link(shell.path("runs"), label=f"See all {len(cards)} models", icon=":material/arrow_forward:")


def _row(card) -> str:
    origin = "Came with Vitrine" if card.starter else "Trained here"
    accuracy = formatting.plain(formatting.interval(card.accuracy))
    return f"| {formatting.plain(card.title)} | {len(card.classes)} | {accuracy} | {origin} |"


st.title("What is in this picture?", anchor=False)
st.write("Vitrine classifies pictures, shows why, and trains models on your own: on this machine, without an account.")
model = question()
if model:
    with st.container(key="home.answer.place"), trouble("Answering"):
        first_answer(model)
with trouble("Listing the models"):
    shelf()
st.subheader("This machine", anchor=False)
with trouble("Looking at the machine"):
    shell.machine()
import pages.parts.answer.answer  # noqa: E402, F401 - all is drawn: what the first answer needs, while a person looks
