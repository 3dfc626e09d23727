"""Data: the data sets of this machine; look inside, add your own, remove."""

import streamlit as st

from mlcore import data
from pages.parts import address, ingest, pick, shell
from pages.parts.components.into_view import into_view
from pages.parts.data.inside import inside
from pages.parts.data.shelf import offers, shelf
from pages.parts.data.ways_in import arrived, own
from pages.parts.trouble import trouble, unreadable

shell.require()


def look_at(dataset: data.Dataset) -> None:
    """Show the data set that was just added."""
    st.session_state["data.next"] = st.session_state["data.added"] = dataset.name
    st.session_state["data.round"] = st.session_state.get("data.round", 0) + 1
    st.rerun()


shell.heading("data")
if added := st.session_state.pop("data.next", None):
    address.choose("data", added)
arriving = st.container(key="data.arriving")
with trouble("Listing the data sets"):
    everything = data.all()
    unreadable(data.unreadable(), "data", data.remove)
    stored = any(summary.stored for summary in everything)
    if not stored:
        st.write("There is no data set on this machine yet. Bring your own pictures, or add one below with a click.")
    with st.expander("Add your own pictures or clips", expanded=not stored, key="data.own.fold"):
        own()
    if stored:
        with st.container(key="data.inside"):
            st.subheader("Look inside", anchor=False)
            name = pick.stored()
            arrived(name)
            inside(name)
        if added := st.session_state.get("data.added"):
            into_view("data.inside", added, "Look inside")
    shelf(everything)
    offers(everything)
with arriving, trouble("Adding the data set"):  # last: what takes its time keeps nothing else from being drawn
    if begun := st.session_state.get("work.begun"):
        into_view("data.arriving", begun[-1], "See how far it is")
    ingest.follow(look_at)
