"""The versions of a data set: when and why each was made; back to any of them."""

from functools import partial

import streamlit as st

from mlcore import data
from mlcore.data import Dataset
from mlcore.progress import Progress
from pages.parts import formatting, ingest
from pages.parts.data.ways_in import ARCHIVES
from pages.parts.layout import table_height
from pages.parts.trouble import trouble


def versions(dataset: Dataset) -> None:
    """What was done to the data set, newest first, and ways back and on."""
    history = data.history(dataset.name)
    now = next(each for each in history if each.number == dataset.version)
    st.write(
        "Every change makes a version; pictures are kept once and no version ever goes. Models stay with the version "
        "that they learned from."
    )
    rows = [
        {
            "Version": each.number,
            "Now": "✓" if each.number == now.number else "",
            "What was done": each.why or "Added",
            "When": formatting.moment(each.created),
            "Pictures": each.pictures,
            "Made of": str(each.parent or "–"),
        }
        for each in reversed(history)
    ]
    st.dataframe(
        rows, hide_index=True, key="data.versions", height=table_height(len(rows)), alt="Table of the versions"
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        go = partial(_go, dataset.name)
        go("Undo", "undo", ":material/undo:", now.parent)
        later = [each.number for each in history if each.parent == now.number]
        go("Redo", "redo", ":material/redo:", later[-1] if later else 0)
        others = [each.number for each in reversed(history) if each.number != now.number]
        if others:
            number = st.selectbox("Version", others, key="data.version", width=140)
            go("Go to this one", "go", ":material/history:", number)
    _more(dataset)


def _more(dataset: Dataset) -> None:
    """More pictures, as the next version."""
    with st.expander("Add more pictures to this data set", key="data.more.fold"), st.form("data.more", border=False):
        st.write("A ZIP or TAR file with one folder per class. What is there keeps its split, new ones draw theirs.")
        file = st.file_uploader("ZIP or TAR file", key="data.more.file", type=ARCHIVES)
        if st.form_submit_button("Add them", key="data.more.add") and file:

            def store(progress: Progress) -> Dataset:
                return data.extend(dataset.name, file, progress)

            ingest.begin(dataset.name, dataset.title, store, file.file_id)
            st.rerun()


def _go(name: str, label: str, key: str, icon: str, number: int) -> None:
    st.button(label, key=f"data.{key}", icon=icon, disabled=not number, on_click=_make_current, args=(name, number))


def _make_current(name: str, number: int) -> None:
    """Go to a version; a callback."""
    with trouble("Going to that version"):
        data.go_to(name, number)
