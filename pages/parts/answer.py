"""An answer on screen: what it is, how sure, where the network looked, and what to do next."""

import streamlit as st

from mlcore import images
from mlcore.explanation import display
from pages.parts import charts, shell
from pages.parts.words import percent, plain

SIDE = 320  # pixels a picture is drawn with, however small it is


def answer(classifier, chosen, key: str) -> None:
    """Predict and draw: the picture under its heat map beside the five likeliest classes."""
    prediction = classifier.predict(chosen.picture)
    heat = classifier.class_map(chosen.picture, prediction.best)
    left, right = st.columns([2, 3], gap="large")
    with left:
        _picture(classifier, chosen, heat, prediction, key)
    with right:
        _verdict(prediction, chosen, classifier.card)
        names, probabilities = zip(*prediction.top(5), strict=True)
        charts.bars(names, probabilities, f"{key}.bars")
        next_steps(classifier.card, key)


def seen(classifier, picture):
    """The part of a picture that the network sees, large enough to look at: uint8 (h, w, 3)."""
    height, width = classifier.card.shape[:2]
    scale = max(1, -(-SIDE // max(height, width)))
    return images.fit(picture.pixels, height * scale, width * scale)


def tells(heat) -> bool:
    """Whether a heat map says anything: not that of a network that ends in a single place."""
    return heat is not None and heat.max() > heat.min()


def next_steps(card, key: str) -> None:
    """Where a person may want to go from an answer."""
    with st.container(horizontal=True, key=f"{key}.next"):
        query = {"model": card.id}
        st.page_link(shell.path("explain"), label="See why", icon=":material/lightbulb:", query_params=query)
        st.page_link(shell.path("train"), label="Train your own", icon=":material/model_training:")
        st.page_link(shell.path("classify"), label="Classify many", icon=":material/image_search:", query_params=query)


def trust(prediction, card) -> str:
    """From which probability on answers of this model can be believed."""
    if card.threshold_precision is None:
        return "How far it can be believed wasn't measured: its data set has too few validation pictures."
    if prediction.threshold > 1:
        return "This model was never right often enough to be believed."
    return f"This model can be believed from {percent(prediction.threshold, 0)} on."


def _picture(classifier, chosen, heat, prediction, key) -> None:
    pixels = seen(classifier, chosen.picture)
    caption = "The picture as the network sees it"
    if tells(heat) and st.toggle("Show where the network looked", value=True, key=f"{key}.overlay"):
        pixels = display.overlay(pixels, heat, 0.5)
        caption = f"Warm places speak for {prediction.best_name}"
    st.image(pixels, width="stretch", alt=f"{chosen.name}. {caption}.")
    st.caption(plain(caption))


def _verdict(prediction, chosen, card) -> None:
    if prediction.sure:
        st.subheader(plain(prediction.best_name), anchor=False)
        st.write(f"The model gives this {percent(prediction.confidence)}.")
    else:
        st.subheader("Not sure", anchor=False)
        st.write(
            f"The likeliest answer is {plain(prediction.best_name)} with {percent(prediction.confidence)}. "
            + trust(prediction, card)
        )
    if chosen.truth:
        st.write(f"The data set calls this picture {plain(chosen.truth)}.")
