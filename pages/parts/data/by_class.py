"""Single pictures into named classes, dropped or recorded by the camera, and from there into a data set."""

import streamlit as st

from mlcore.teach.keep import free_name, store
from pages.parts import formatting, ingest
from pages.parts.teach import classes


def collect() -> None:
    """A card for each class, as on Teach, and a button that makes a data set of them."""
    draft = classes.current()
    classes.classes(draft)
    st.caption("The pictures stay on this machine, and Teach shows the same ones.")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    help = "Small letters, digits, - and _; empty: made of the names of the classes"
    name = left.text_input("Name", key="data.classes.name", placeholder="chosen for you", help=help).strip()
    if right.button("Add", key="data.classes.add", type="primary", disabled=not draft.count, width="stretch"):
        name = name or free_name(draft)
        ingest.begin(name, name, lambda progress: store(draft, name, progress=progress), draft.id)
    if draft.count:
        st.caption(
            f"{formatting.count(draft.count, 'picture')} in {formatting.count(len(draft.classes), 'class', 'classes')}."
        )
