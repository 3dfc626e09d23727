"""Which pictures of a data set are shown, in which order: by class, split, attribute, name, or what a finding named."""

from functools import partial

import numpy as np
import streamlit as st

from mlcore.data import Dataset
from mlcore.data.splits import SPLITS, UNLABELLED
from pages.parts import address, formatting, pick
from pages.parts.formatting import title_in
from pages.parts.layout import cells

EVERY, ALL, PAGE, NAMED = "", "all", "data.page", "data.named"
WIDTH = 130  # pixels of a picker
MOST_VALUES = 200  # of an attribute that can be picked


def show_rows(dataset: Dataset, title: str, rows: np.ndarray) -> None:
    """From now on the tab Pictures shows these rows alone, in their order; a callback of a finding."""
    st.session_state[NAMED] = {"name": dataset.name, "title": title, "ids": dataset.stored_rows[rows]}
    st.session_state[PAGE] = 1
    address.choose("tab", "pictures")


def chosen_rows(dataset: Dataset, size: int) -> tuple[np.ndarray, int]:
    """Draw the pickers; gives the rows in their order, and the number of the page of `size` that is looked at."""
    named = st.session_state.get(NAMED) or {}
    if named.get("name") == dataset.name:
        rows, cell = _named(dataset, named), st.container()
    else:
        *pickers, order, cell = cells(6 if _texts(dataset) else 5, 6, WIDTH)
        rows = _ordered(dataset, np.flatnonzero(_wanted(dataset, pickers)), order)
    pages = max(1, -(-len(rows) // size))
    st.session_state["data.pages"] = pages
    st.session_state[PAGE] = min(max(1, st.session_state.get(PAGE, 1)), pages)
    cell.number_input(f"Page, of {pages:,}", 1, pages, key=PAGE)
    return rows, st.session_state[PAGE] - 1


def turn(by: int) -> None:
    """Turn the page; a callback."""
    st.session_state[PAGE] = min(max(1, st.session_state.get(PAGE, 1) + by), st.session_state.get("data.pages", 1))


def _named(dataset: Dataset, named: dict) -> np.ndarray:
    """The rows that a finding named and that are still there, in its order."""
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.info(formatting.plain(f"Only these are shown: {named['title']}"))
    right.button("Show all", key="data.named.all", on_click=partial(st.session_state.pop, NAMED, None))
    place = {int(id): row for row, id in enumerate(dataset.stored_rows.tolist())}
    return np.array([place[int(id)] for id in named["ids"] if int(id) in place], "int64")


def _wanted(dataset: Dataset, places: list) -> np.ndarray:
    """Which rows the pickers let through, bool (n,)."""
    titles = {EVERY: "All classes"} | {name: name for name in dataset.classes}  # a number is another's after an edit
    splits = {ALL: "All"} | {name: formatting.SPLITS[name] for name in SPLITS}
    if len(dataset.unlabelled):
        splits["unlabelled"] = "Without a class"
    with places[0]:
        label = pick.one("Class", titles, "class", context=dataset.name)
    with places[1]:
        split = pick.one("Split", splits, "split")
    text = places[2].text_input("Name contains", key="data.text", persist_state="session").strip().lower()
    wanted = _by_attribute(dataset, *places[3:])
    if label != EVERY:
        wanted &= (dataset.labels == dataset.classes.index(label)) & (dataset.split_codes != UNLABELLED)
    if split != ALL:
        wanted &= dataset.split_codes == (*SPLITS, "unlabelled").index(split)
    if text:
        wanted &= np.array([text in name.lower() for name in dataset.names])
    return wanted


def _texts(dataset: Dataset) -> dict[str, tuple[str, int]]:
    """The values of attributes with texts, as a picker shows them: attribute and place of the text."""
    texts = {name: column.texts or () for name, column in dataset.attributes.items()}
    return {
        f"{name}: {text}": (name, place)
        for name, every in texts.items()
        for place, text in enumerate(every[:MOST_VALUES])
    }


def _by_attribute(dataset: Dataset, place=None) -> np.ndarray:
    """What the picker of an attribute lets through; all where there is none."""
    values = _texts(dataset)
    key = f"data.attribute.{dataset.name}"
    asked = place.selectbox("Attribute", ["Any", *values], key=key, persist_state="session") if place else "Any"
    if asked not in values:
        return np.ones(len(dataset), bool)
    name, number = values[asked]
    return dataset.attributes[name].values == number


def _ordered(dataset: Dataset, rows: np.ndarray, place) -> np.ndarray:
    """The rows as they were added, by name, or by an attribute with numbers."""
    numbers = {name: column.values for name, column in dataset.attributes.items() if column.texts is None}
    titles = {"row": "As added", "name": "Name"} | {f"low.{name}": f"{name}, lowest first" for name in numbers}
    titles |= {f"high.{name}": f"{name}, highest first" for name in numbers}
    key, show = f"data.order.{dataset.name}", title_in(titles)
    order = place.selectbox("Order", list(titles), format_func=show, key=key, persist_state="session")
    if order == "name":
        names = list(dataset.names)
        return np.array(sorted(rows.tolist(), key=lambda row: names[row]), "int64")
    direction, _, name = order.partition(".")
    if name in numbers:
        values = numbers[name][rows] * (-1 if direction == "high" else 1)
        return rows[np.argsort(values, kind="stable")]  # what isn't known comes last
    return rows
