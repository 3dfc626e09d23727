"""A page of pictures without a class: press those that are something else, and give classes by button or number key."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from mlcore import data
from mlcore.active_learning import Labelling
from pages.parts import formatting, gallery
from pages.parts.layout import cells, whole
from pages.parts.trouble import trouble

PAGE = 24
WIDTH = 130  # pixels of a picture
KEYS = "1234567890"  # number keys, in the order of the classes
NEXT = ""  # in place of a class: the most informative pictures
WHY = "Labelled with help"
MARKED, PAGED, NAMED, GIVEN = (f"data.suggest.{name}" for name in ("marked", "paged", "named", "given"))
HOW = "Press pictures to mark them, then a class: its button, or a number key for the first ten."
HOW_GUESSED = "Press the pictures that are something else and give them their class, or accept the others at once."


@st.fragment
def page(labelling: Labelling) -> None:
    """What to look at, the pictures, and what can be said of them; a mark draws nothing else of the page anew."""
    if st.session_state.pop(GIVEN, False):
        st.rerun()
    mode = chosen(labelling)
    rows = next_rows(labelling) if mode == NEXT else guessed_rows(labelling, mode)
    said(labelling, mode, rows)
    pictures(labelling, mode, rows)


def chosen(labelling: Labelling) -> str:
    """The most informative pictures, or those that are taken for a class."""
    guesses, classes = labelling.guesses, labelling.dataset.classes
    counts = {classes[label]: len(guesses.of(label)) for label in np.unique(guesses.classes)}
    titles = {NEXT: "Most informative next"}
    titles |= {name: f"{formatting.plain(name)}? {count:,}" for name, count in counts.items()}
    if st.session_state.get("data.suggest.mode") not in titles:
        st.session_state["data.suggest.mode"] = NEXT
    words = formatting.title_in(titles)
    return str(st.segmented_control("Which", list(titles), format_func=words, key="data.suggest.mode", required=True))


def guessed_rows(labelling: Labelling, name: str) -> list[int]:
    """The surest guesses of a class."""
    return labelling.guesses.of(labelling.dataset.classes.index(name)).first(PAGE).rows.tolist()


def next_rows(labelling: Labelling) -> list[int]:
    """The most informative pictures; the page stays until the last of them has a class."""
    dataset = labelling.dataset
    name, stored, turn = st.session_state.get(PAGED, ("", [], 0))
    if name != dataset.name:
        stored, turn = [], 0
    here = dict(zip(dataset.stored_rows[dataset.unlabelled].tolist(), dataset.unlabelled.tolist(), strict=True))
    rows = [here[one] for one in stored if one in here]
    if not rows:
        rows = labelling.informative(PAGE, seed=turn).tolist()
        st.session_state[PAGED] = (dataset.name, dataset.stored_rows[rows].tolist(), turn)
    return rows


def other_pictures() -> None:
    """Ask for other informative pictures; a callback."""
    name, _, turn = st.session_state.get(PAGED, ("", [], 0))
    st.session_state[PAGED] = (name, [], turn + 1)


def said(labelling: Labelling, mode: str, rows: list[int]) -> None:
    """Buttons: accept the page, or give the marked ones a class."""
    dataset, marked = labelling.dataset, marks(labelling, rows)
    with st.container(horizontal=True, key="data.suggest.said"):
        if mode != NEXT and (rest := [row for row in rows if row not in marked]):
            words = "the other" if marked else "all"
            label = f"Accept {words} {len(rest)} as {formatting.plain(mode)}"
            why = f"{len(rest)} of {formatting.count(len(rows), 'guess', 'guesses')} accepted as {mode!r}"
            button(label, "accept", dataset, rest, mode, why, type="primary")
        for number, name in enumerate(names(dataset)[: len(KEYS)]):
            why = f"{formatting.count(len(marked), 'picture')} called {name!r}"
            options = {"shortcut": KEYS[number], "disabled": not marked}
            button(formatting.plain(name), f"class.{number}", dataset, marked, name, why, **options)
    further(dataset, marked)


def button(label: str, key: str, dataset: data.Dataset, rows: Sequence[int], name: str, why: str, **options) -> None:
    """A button that gives rows a class."""
    arguments = (dataset, list(rows), name, f"{WHY}: {why}")
    st.button(label, key=f"data.suggest.{key}", on_click=give, args=arguments, **options)


def further(dataset: data.Dataset, marked: list[int]) -> None:
    """A class that has no button: one that is new, or one of many."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    known = names(dataset)[len(KEYS) :]
    name = left.selectbox(
        "Another class",
        known,
        None,
        key="data.suggest.class",
        accept_new_options=True,
        placeholder="Choose, or type a name",
    )
    with right.container(horizontal=True):
        st.button(
            "Give it to the marked ones" if marked else "Add this class",
            key="data.suggest.new",
            disabled=not name,
            on_click=give_or_name,
            args=(dataset, marked),
        )
        st.button("Other pictures", key="data.suggest.other", on_click=other_pictures, icon=":material/refresh:")


def names(dataset: data.Dataset) -> list[str]:
    """The classes that have pictures, and those that were named here for the first ones to come."""
    here = [name for name, count in dataset.class_counts.items() if count]
    return here + [name for name in st.session_state.get(NAMED, {}).get(dataset.name, []) if name not in here]


def give(dataset: data.Dataset, rows: list[int], name: str, why: str) -> None:
    """Give rows a class, as one version that can be undone; a callback."""
    with trouble("Labelling"):
        if rows:
            data.edit(dataset.name, [data.Relabel(rows, name)], why, dataset.fingerprint)
            st.session_state.pop(MARKED, None)
            st.session_state[GIVEN] = True


def give_or_name(dataset: data.Dataset, marked: list[int]) -> None:
    """Give the marked ones the class that was typed, or keep its name for later; a callback."""
    name = (st.session_state.get("data.suggest.class") or "").strip()
    if marked:
        give(dataset, marked, name, f"{WHY}: {formatting.count(len(marked), 'picture')} called {name!r}")
    elif name:
        st.session_state.setdefault(NAMED, {}).setdefault(dataset.name, []).append(name)
    st.session_state["data.suggest.class"] = None


def marks(labelling: Labelling, rows: list[int]) -> list[int]:
    """The rows of the page that are marked."""
    here = st.session_state.get(MARKED, set())
    return [row for row in rows if (labelling.dataset.name, int(labelling.dataset.stored_rows[row])) in here]


def mark(stored: tuple[str, int]) -> None:
    """Mark a picture or take its mark away; a callback."""
    st.session_state[MARKED] = st.session_state.get(MARKED, set()) ^ {stored}


def pictures(labelling: Labelling, mode: str, rows: list[int]) -> None:
    """The pictures of the page, each a button that marks it."""
    dataset, marked = labelling.dataset, marks(labelling, rows)
    st.caption(HOW if mode == NEXT else HOW_GUESSED)
    shown = dataset.read_rows(np.array(rows, int))
    for cell, row, pixels in zip(cells(len(rows), 8, WIDTH), rows, shown, strict=True):
        stored = (dataset.name, int(dataset.stored_rows[row]))
        with whole(cell, f"data.suggest.{stored[1]}"):
            st.image(gallery.flat(pixels), width="stretch", alt=dataset.names[row])
            st.button(
                guess(labelling, row, mode),
                key=f"data.suggest.mark.{stored[1]}",
                type="primary" if row in marked else "tertiary",
                icon=":material/check_box:" if row in marked else ":material/check_box_outline_blank:",
                on_click=mark,
                args=(stored,),
            )


def guess(labelling: Labelling, row: int, mode: str) -> str:
    """What a picture is taken for, and how probable that is."""
    name, probability = labelling.by_row.get(row, ("", 0.0))
    if not name:
        return "Mark"
    words = "" if mode == name else f"{formatting.plain(name)}? "
    return f"{words}{formatting.probability(probability, 0)}"
