"""Teach (few-shot): a few pictures a class, learned in a moment; answers, reasons, and how good that is."""

import contextlib
import threading

import streamlit as st

from mlcore import teach
from mlcore.errors import Refused
from pages.parts import address, pick, shell
from pages.parts.components.into_view import into_view
from pages.parts.teach import classes, lesson
from pages.parts.trouble import trouble, unreadable

shell.require()


@st.cache_resource(max_entries=8, show_spinner=False)
def look_ahead(pictures: tuple, _draft) -> None:
    """Look at new pictures behind the scenes, while more are being collected; what is wrong shows when they teach."""

    def look() -> None:
        with contextlib.suppress(Refused, OSError):  # a class may be deleted meanwhile
            teach.look_at(_draft)

    threading.Thread(target=look, daemon=True).start()


@st.cache_resource(max_entries=8, show_spinner=False)
def learned(pictures: tuple, backbone: str, _draft):
    """What these pictures teach, for as long as they and the backbone stay the same."""
    return teach.learn_draft(_draft)


def begin() -> None:
    """Start a draft with no pictures; a callback."""
    st.session_state["teach.own"] = own = teach.drafts.new()
    show(own.id)


def show(id: str | None) -> None:
    """Make a draft the current one; a callback."""
    address.choose("draft", id)


def discard(draft) -> None:
    """Delete a draft; a callback."""
    with trouble("Deleting"):
        draft.discard()
        if st.session_state["teach.own"].id == draft.id:
            del st.session_state["teach.own"]
        show(None)


@st.dialog("Delete these pictures?")
def confirm(draft) -> None:
    """Ask before a draft goes."""
    st.write("The pictures on this page will be deleted. Data sets and models made of them stay.")
    st.text(classes.title(draft))
    with st.container(horizontal=True):
        if st.button("Delete for good", key="teach.delete.sure", type="primary", on_click=discard, args=(draft,)):
            st.rerun()
        if st.button("Keep them", key="teach.delete.keep"):
            st.rerun()


def learning(draft) -> None:
    """The button, and once it was pressed what was learned, kept in step with the pictures."""
    st.button(
        "Learn",
        key="teach.learn",
        type="primary",
        icon=":material/school:",
        width="stretch",
        on_click=st.session_state.update,
        args=({"teach.learning": draft.id},),
    )
    if st.session_state.get("teach.learning") != draft.id:
        st.caption("Two classes with a few pictures each are enough to begin; ten a class are a good start.")
        return
    with trouble("Learning"):
        backbone = teach.look_of(draft).backbone
        pick.make_ready(backbone.name)
        with st.spinner("Learning…"):
            taught = learned(tuple(draft.classes), backbone.name, draft)
        with st.container(key="teach.measured"):
            lesson.measured(taught)
        into_view("teach.measured", draft.id, "See what it learned")
        with st.container(border=True, key="teach.trial"), trouble("Answering"):
            lesson.trial(taught)
        with st.container(border=True, key="teach.lasting"), trouble("Keeping"):
            lesson.lasting(draft)


def page() -> None:
    """Pictures on the left, what they teach on the right."""
    draft = classes.current()
    look_ahead(tuple(draft.classes), draft)
    left, right = st.columns([3, 2], gap="large")
    with left:
        classes.classes(draft)
        st.caption(
            "The pictures stay on this machine: a reload or a restart loses none, and the address of this page leads "
            "back to them."
        )
        with st.container(horizontal=True):
            st.button("Start anew", key="teach.new", icon=":material/note_add:", on_click=begin)
            if st.button("Delete these pictures", key="teach.delete", icon=":material/delete:"):
                confirm(draft)
    with right:
        learning(draft)


shell.heading("teach")
with trouble("Opening your pictures"):
    page()
    unreadable(teach.drafts.unreadable(), "teach", teach.drafts.remove_unreadable)
