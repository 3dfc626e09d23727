"""A page of pictures without a class: guesses to accept at once, or the most informative ones to label."""

import numpy as np
import streamlit as st

from mlcore import data
from mlcore.active_learning import GUESSING, Labelling
from mlcore.data import Dataset
from mlcore.errors import Refused
from pages.parts import formatting, pick
from pages.parts.data.pictures import grid, tell

PAGE = 24
SIDE_BY_SIDE = 12  # choices; more of them are picked from a list
NEXT = "next"  # the most informative pictures, in place of the number of a class
WHY = "Labelled with help"
PAGED = "data.suggest.page"
HOW = "Choose pictures of one class and label them: by a number key, or by the name of a class, which may be new."
HOW_GUESSED = "Label those that are something else first, then accept the page."


def page(labelling: Labelling) -> None:
    """What to look at, the pictures, and what can be said of them."""
    mode = chosen(labelling)
    rows = next_rows(labelling) if mode == NEXT else guessed_rows(labelling, int(mode))
    st.caption(HOW if mode == NEXT else formatting.plain(f"{HOW_GUESSED} {GUESSING}"))
    with st.container(horizontal=True):
        if mode == NEXT:
            name, icon = labelling.dataset.name, ":material/refresh:"
            st.button("Other pictures", key="data.suggest.other", on_click=put_off, args=(name,), icon=icon)
        else:
            acceptance(labelling.dataset, rows, labelling.dataset.classes[int(mode)])
    alt = f"{formatting.count(len(rows), 'picture')} without a class"
    grid(labelling.dataset, rows, alt, grid_key(labelling.dataset), lambda _, row: guess(labelling, row))


def grid_key(dataset: Dataset) -> str:
    """What the grid of this tab is known by."""
    return f"data.suggest.grid.{dataset.name}"


def chosen(labelling: Labelling) -> str:
    """The most informative pictures, or those that are taken for a class."""
    guesses, classes = labelling.guesses, labelling.dataset.classes
    titles = {NEXT: "Most informative next"}
    titles |= {str(label): f"{classes[label]}? {len(guesses.of(label)):,}" for label in np.unique(guesses.classes)}
    context, few = labelling.dataset.name, len(titles) <= SIDE_BY_SIDE
    options = {"widget": st.segmented_control, "required": True} if few else {}
    return str(pick.one("Which pictures", titles, "guesses", context=context, **options))


def guessed_rows(labelling: Labelling, label: int) -> np.ndarray:
    """The surest guesses of a class."""
    return labelling.guesses.of(label).first(PAGE).rows


def next_rows(labelling: Labelling) -> np.ndarray:
    """The most informative pictures; the page stays until the last of them has a class."""
    dataset = labelling.dataset
    row_of = dict(zip(dataset.stored_rows[dataset.unlabelled].tolist(), dataset.unlabelled.tolist(), strict=True))
    shown, before = st.session_state.get(f"{PAGED}.{dataset.name}", ([], []))
    rows = np.array([row_of[one] for one in shown if one in row_of], int)
    if not len(rows):
        rows = labelling.informative(PAGE, but=[row_of[one] for one in before if one in row_of])
        before = before if len(rows) else []  # all were put off: they come again
        rows = rows if len(rows) else labelling.informative(PAGE)
        st.session_state[f"{PAGED}.{dataset.name}"] = (dataset.stored_rows[rows].tolist(), before)
    return rows


def put_off(name: str) -> None:
    """Ask for other informative pictures; a callback."""
    shown, before = st.session_state.get(f"{PAGED}.{name}", ([], []))
    st.session_state[f"{PAGED}.{name}"] = ([], [*before, *shown])


def acceptance(dataset: Dataset, rows: np.ndarray, name: str) -> None:
    """A button that accepts the page."""
    label, icon = f"Accept these {len(rows)} as {formatting.plain(name)}", ":material/check:"
    arguments = (dataset, rows, name)
    st.button(label, key="data.suggest.accept", type="primary", on_click=accept, args=arguments, icon=icon)


def accept(dataset: Dataset, rows: np.ndarray, name: str) -> None:
    """Give rows the class that they were taken for, as one version that can be undone; a callback."""
    why = f"{WHY}: {formatting.count(len(rows), 'guess', 'guesses')} accepted as {name!r}"
    try:
        after = data.edit(dataset.name, [data.Relabel(rows, name)], why, dataset.fingerprint)
        told = f"{why} (version {after.version})"
    except Refused as refusal:
        told = refusal.message
    tell(grid_key(dataset), told)


def guess(labelling: Labelling, row: int) -> str:
    """What a picture is taken for, and how probable that is."""
    name, probability = labelling.by_row.get(row, ("", 0.0))
    return f"{name}? {formatting.probability(probability, 0)}" if name else "–"
