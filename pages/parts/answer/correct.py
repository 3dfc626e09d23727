"""Say what a picture really is: it joins a data set, from which the next model learns."""

import streamlit as st

from mlcore import data
from mlcore.data import corrections
from pages.parts import formatting, shell
from pages.parts.formatting import plain, title_in
from pages.parts.trouble import trouble

SPLITS = {name: f"a {title.lower()} picture" for name, title in formatting.SPLITS.items()}


def offer(card, chosen, key: str) -> None:
    """Offer it, folded, for a picture."""
    if card.is_sequence:
        return
    with st.expander("Wrong? Say what it is", key=f"{key}.correct", on_change="rerun") as fold:
        if fold.open:
            sets = {one.name: one for one in data.all() if one.stored and not one.is_sequence}
            if sets:
                ask(sets, card, chosen, key)
            else:
                st.caption("A data set on this machine could take the picture, for the next model to learn from.")
                st.page_link(shell.path("data"), label="Add a data set", icon=":material/arrow_forward:")


def ask(sets: dict[str, data.Summary], card, chosen, key: str) -> None:
    """Which data set, which class, and a button."""
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    names, usual = list(sets), next((at for at, name in enumerate(sets) if name == card.data), 0)
    titles = title_in({name: one.title for name, one in sets.items()})
    name = left.selectbox("Data set", names, usual, titles, key=f"{key}.correct.data")
    classes = [label for label, count in sets[name].class_counts.items() if count]
    label = middle.selectbox(
        "This is", classes, None, key=f"{key}.correct.class", accept_new_options=True, placeholder="Choose or type"
    )
    if right.button("Add it", key=f"{key}.correct.add", disabled=not label, width="stretch") and label:
        with trouble("Adding the picture"):
            added(corrections.collect(name, chosen.picture.pixels, label, chosen.name), label)


def added(dataset: data.Dataset, label: str) -> None:
    """What became of it."""
    split = next(split for split in dataset.splits if dataset.split_codes[-1] == list(dataset.splits).index(split))
    st.success(f"Added to {plain(dataset.title)} as {SPLITS[split]} of {plain(label)}: version {dataset.version}.")
    query = {"data": dataset.name, "tab": "versions"}
    st.page_link(shell.path("data"), label="See its versions", icon=":material/arrow_forward:", query_params=query)
