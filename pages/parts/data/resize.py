"""Another size of a packed data set: its files are there, so it is a version that is made at once."""

import streamlit as st

from mlcore import data
from mlcore.data import Dataset
from pages.parts.trouble import trouble


def resize(dataset: Dataset) -> None:
    """A form with the size; nothing for a set that keeps its pixels alone."""
    if dataset.store != "packed":
        return
    with st.form("data.resize", border=False):
        text = "The files that came are kept, so any size can be had; it makes a version, and can be undone"
        key = f"data.resize.side.{dataset.fingerprint}"
        side = st.number_input("Size in pixels", *data.SIZES, dataset.shape[0], key=key, help=text)
        if st.form_submit_button("Read at this size", key="data.resize.do"):
            with trouble("Changing the size"):
                data.resized(dataset.name, side)
                st.rerun()
