"""The gallery of a data set: all its pictures, page by page, to look at and to label, many at once."""

from collections.abc import Callable, Iterator
from itertools import groupby

import numpy as np
import streamlit as st

from mlcore import data
from mlcore.data import Dataset
from mlcore.data.edits import Edit
from mlcore.data.splits import UNLABELLED
from mlcore.errors import Kind, Refused
from pages.parts import formatting, gallery
from pages.parts.components.picture_grid import KEYS, LARGE, SMALL, Operation, Tile, operations, picture_grid, thumbnail
from pages.parts.data.choice import chosen_rows, turn

SHOWN = 60  # pictures on a page
CODES = (*formatting.SPLITS.values(), "Without a class")


def pictures(dataset: Dataset) -> None:
    """Pickers, a page of pictures with what can be done to them, and which page it is."""
    rows, page = chosen_rows(dataset, SHOWN)
    shown = rows[page * SHOWN : (page + 1) * SHOWN]
    grid(dataset, shown, f"{formatting.count(len(shown), 'picture')} of {len(rows):,}", f"data.grid.{dataset.name}")


def grid(
    dataset: Dataset, rows: np.ndarray, alt: str, key: str, label: Callable[[Dataset, int], str] | None = None
) -> None:
    """Rows to choose and to label, many at once; `label` says what stands below a picture in place of its class."""
    history = data.history(dataset.name)
    now = next(each for each in history if each.number == dataset.version)
    picture_grid(
        key,
        _tiles(dataset, rows, label or _label),
        alt,
        lambda: _do(dataset.name, key),
        classes=_classes(dataset),
        keys=_keys(dataset),
        undo=bool(now.parent),
        redo=any(each.parent == now.number for each in history),
        **st.session_state.get(f"{key}.reply", {"done": 0, "told": ""}),
    )


def tell(key: str, text: str) -> None:
    """Say something below the grid of that key."""
    reply = st.session_state.setdefault(f"{key}.reply", {"done": 0, "told": "", "look": None})
    reply["told"] = text


def _classes(dataset: Dataset) -> list[str]:
    """Those that have pictures: where nothing is labelled the names of what was stay behind."""
    return [name for name, count in dataset.class_counts.items() if count]


def _keys(dataset: Dataset) -> list[str]:
    """The classes that the number keys stand for: the first nine, or those that the person chose."""
    classes, digits = _classes(dataset), [str(number + 1) for number in range(KEYS)]
    usual = digits if set(digits) <= set(classes) else classes[:KEYS]
    if len(classes) <= KEYS:
        return _steady(dataset.name, usual)
    with st.expander("Choose which classes have number keys", key="data.keys.fold"):
        label, key = "Classes of the keys 1 to 9", f"data.keys.{dataset.name}"
        return st.multiselect(label, classes, usual, max_selections=KEYS, key=key, persist_state="session")


def _steady(name: str, classes: list[str]) -> list[str]:
    """The classes in the order in which they got a key: none changes while somebody labels, though a class goes."""
    kept = st.session_state.get(f"data.keys.steady.{name}", [])
    steady = [*kept, *(each for each in classes if each not in kept)]
    st.session_state[f"data.keys.steady.{name}"] = steady if len(steady) <= KEYS else classes
    return st.session_state[f"data.keys.steady.{name}"]


def _tiles(dataset: Dataset, rows: np.ndarray, label: Callable[[Dataset, int], str]) -> list[Tile]:
    names, small = dataset.names, max(dataset.shape[-3:-1]) <= SMALL
    return [
        Tile(int(dataset.stored_rows[row]), thumbnail(_still(pixels)), label(dataset, row), names[row], small)
        for row, pixels in zip(rows.tolist(), dataset.read_rows(rows), strict=True)
    ]


def _still(pixels: np.ndarray) -> np.ndarray:
    """A picture, or the middle frame of a clip."""
    return pixels[len(pixels) // 2] if pixels.ndim == 4 else pixels


def _label(dataset: Dataset, row: int) -> str:
    return "–" if dataset.split_codes[row] == UNLABELLED else dataset.classes[dataset.labels[row]]


def _do(name: str, key: str) -> None:
    """Do what a person did in the grid, in its order; a callback. Edits that follow each other are one version."""
    reply = st.session_state.setdefault(f"{key}.reply", {"done": 0, "told": "", "look": None})
    fresh = operations(key, reply["done"])
    for is_edit, each in groupby(fresh, lambda each: each.action in EDITS):
        group = list(each)
        try:
            reply["told"] = (_edited(name, group) if is_edit else _others(name, group, reply)) or reply["told"]
        except Refused as refusal:
            reply["told"] = " ".join(_alone(name, each) for each in group) if is_edit else refusal.message
    reply["done"] = fresh[-1].number if fresh else reply["done"]


EDITS: dict[str, Callable[[np.ndarray, str], Edit]] = {
    "label": data.Relabel,
    "move": data.Move,
    "drop": lambda rows, _: data.Drop(rows),
}


def _edited(name: str, given: list[Operation], tries: int = 3) -> str:
    before = data.open(name)
    edits = list(_edits(before, given))
    try:
        after = data.edit(name, edits, fingerprint=before.fingerprint) if edits else before
    except Refused as refusal:  # somebody else was quicker: the same pictures have other rows now
        if refusal.kind != Kind.NOT_COMPATIBLE or tries == 1:
            raise
        return _edited(name, given, tries - 1)
    return f"{_why(after)} (version {after.version})" if after.version != before.version else "Nothing to change."


def _alone(name: str, operation: Operation) -> str:
    """Do one of several edits of which one can't be done, so that the others aren't lost; gives what is told."""
    try:
        return _edited(name, [operation])
    except Refused as refusal:
        return refusal.message


def _edits(dataset: Dataset, given: list[Operation]) -> Iterator[Edit]:
    for operation in given:
        rows = np.flatnonzero(np.isin(dataset.stored_rows, operation.ids))
        if len(rows):
            yield EDITS[operation.action](rows, operation.to)


def _others(name: str, given: list[Operation], reply: dict) -> str:
    told = ""
    for operation in given:
        if operation.action == "undo":
            told = f"Undone: {_why(data.open(name))}"
            data.undo(name)
        elif operation.action == "redo":
            told = f"Done again: {_why(data.redo(name))}"
        elif operation.action == "turn":
            turn(-1 if operation.to == "-1" else 1)
        else:
            reply["look"] = _large(data.open(name), operation)
    return told


def _why(dataset: Dataset) -> str:
    return next(each.why for each in data.history(dataset.name) if each.number == dataset.version)


def _large(dataset: Dataset, operation: Operation) -> dict | None:
    """A picture as it is stored, with what is known of it."""
    rows = np.flatnonzero(np.isin(dataset.stored_rows, operation.ids[:1]))
    if not len(rows):
        return None
    row, pixels = int(rows[0]), gallery.flat(dataset.read_rows(rows)[0])
    facts = {name: column.at(row) for name, column in dataset.attributes.items()}
    lines = [dataset.names[row], f"{_label(dataset, row)} · {CODES[dataset.split_codes[row]]}"]
    lines += [f"{name}: {_said(value)}" for name, value in facts.items() if value is not None]
    caption, small = "\n".join(lines), max(pixels.shape[:2]) <= SMALL
    return {"number": operation.number, "src": thumbnail(pixels, LARGE), "caption": caption, "small": small}


def _said(value: str | float) -> str:
    """A fact of a picture; numbers are stored with seven digits that count."""
    return value if isinstance(value, str) else formatting.decimal(value, 7)
