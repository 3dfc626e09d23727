"""Explain: which parts of a picture speak for an answer, by several methods side by side."""

import inspect

import streamlit as st

from mlcore import explanation, images
from mlcore.explanation import display
from mlcore.settings import fields
from pages.parts import gallery, pick, picture, shell, words
from pages.parts.answer import seen
from pages.parts.form import form
from pages.parts.layout import cells
from pages.parts.trouble import notices, trouble

shell.require()

METHOD_WIDTH = 155  # pixels: two maps side by side on a phone
SHOWN_FIRST = ("gradient", "smoothgrad", "integrated-gradients", "grad-cam")


def choose_picture(card) -> None:
    """Three ways to a picture; the last one chosen is the current one."""
    with st.expander("Another picture", expanded=picture.current() is None, key="explain.another"):
        own, example, test = st.tabs(["Your own", "An example", "One of the test pictures"])
        with own:
            picture.drop_zone("explain")
        with example:
            picture.example_buttons("explain")
        with test:
            test_picture(card)


def test_picture(card) -> None:
    """A picture of the model's own test split, by number."""
    if not gallery.is_stored(card.data):
        st.write("The test pictures of this model aren't on this machine.")
        st.page_link(shell.path("data"), label="Add the data set", icon=":material/arrow_forward:")
        return
    number = st.number_input("Number of the test picture", 0, key="explain.number", step=1, persist_state="session")
    st.button("Take it", key="explain.take", on_click=picture.choose, args=(f"data:{card.data}:test:{number}",))


@st.cache_resource(max_entries=64, show_spinner=False)
def explained(stamp: tuple, sha256: str, method: str, target: int, settings: str, _classifier, _picture, _settings):
    """An explanation, kept for as long as model, picture, class, method and settings are the same."""
    return explanation.explain(method, _classifier, _picture, target, **_settings)


def one_method(entry, card, classifier, chosen, target: int, strength: float) -> None:
    """A method's map over the picture, how to read it, its settings and its downloads."""
    picture_place, words_place = st.container(), st.container()
    with words_place:
        st.markdown(f"**{entry.title}**", help=entry.summary)
        with st.popover("Settings", key=f"explain.{entry.name}.fold", disabled=not fields(entry.settings)):
            settings = form(entry.settings, f"explain.{entry.name}", columns=1)
    with picture_place, trouble(entry.title), st.spinner("Explaining…", show_time=True):
        key = (pick.stamp(card.id), chosen.picture.sha256, entry.name, target, repr(settings))
        found = explained(*key, classifier, chosen.picture, settings)
        overlay = display.overlay(display.enlarged(found.picture), found, strength)
        st.image(overlay, width="stretch", alt=f"{entry.title} map of {chosen.name} for {found.class_name}")
        with words_place:
            legend(found, explained_in=inspect.getdoc(entry.run))
            downloads(entry.name, overlay, found)


def legend(found, explained_in: str) -> None:
    """How to read the colours, and what the method measured."""
    st.caption("Red speaks for the class, blue against it." if found.signed else "The brighter, the more it mattered.")
    for name, value in found.diagnostics.items():
        measure = f"{name.replace('_', ' ').capitalize()}: {number(value)}"
        st.caption(words.plain(measure), help=explained_in if f"`{name}`" in explained_in else None)


def number(value) -> str:
    """A measured value, short."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def downloads(method: str, overlay, found) -> None:
    """The map as a picture and as numbers."""
    with st.container(horizontal=True):
        for ending, content, mime, help in (
            ("png", images.png(overlay), "image/png", "The picture above"),
            ("npy", display.npy(found.heat), "application/octet-stream", "The heat as numbers (H, W), for NumPy"),
        ):
            st.download_button(
                ending.upper(),
                content,
                f"{method}.{ending}",
                mime,
                key=f"explain.{method}.{ending}",
                icon=":material/download:",
                on_click="ignore",
                help=help,
            )


def page() -> None:
    """Model and picture on top, then the maps."""
    card = pick.model()
    classifier = pick.classifier(card)
    choose_picture(card)
    chosen = picture.current()
    if chosen is None:
        st.write("Choose a picture above, and see which parts of it speak for an answer.")
        return
    prediction = classifier.predict(chosen.picture)
    left, right = st.columns([1, 3], gap="large")
    with left:
        st.image(seen(classifier, chosen.picture), width="stretch", alt=f"{chosen.name}, as the network sees it")
        st.text(chosen.name)
        if chosen.truth:
            st.caption(f"The data set calls it {words.plain(chosen.truth)}.")
        notices(chosen.picture.notices, "explain")
    with right:
        titles = {str(index): name for index, name in enumerate(card.classes)}
        answer = f"{words.plain(prediction.best_name)} ({words.percent(prediction.confidence)})"
        st.write(f"The answer is {answer}." if prediction.sure else f"Not sure. The likeliest answer is {answer}.")
        context = (card.id, chosen.picture.sha256)
        target = int(pick.one("Class to explain", titles, "target", str(prediction.best), context=context))
        names = {entry.name: entry.title for entry in explanation.methods.all()}
        st.session_state.setdefault("explain.methods", [name for name in SHOWN_FIRST if name in names])
        wanted = st.pills(
            "Methods",
            list(names),
            format_func=names.get,
            selection_mode="multi",
            wrap=True,
            key="explain.methods",
            persist_state="session",
        )
        strength = st.slider("Overlay strength", 0.0, 1.0, 0.6, 0.05, key="explain.strength", persist_state="session")
    for place, name in zip(cells(len(wanted), 4, METHOD_WIDTH), wanted, strict=True):
        with place:
            one_method(explanation.methods.get(name), card, classifier, chosen, target, strength)


st.title("Explain", anchor=False)
with trouble("Explaining"):
    page()
