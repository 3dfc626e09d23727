"""Findings: what is wrong inside a data set, with pictures, and what to do about it with one click."""

from functools import partial

import numpy as np
import streamlit as st

from mlcore import data, findings
from mlcore.data import Dataset
from mlcore.data.splits import SPLITS
from mlcore.errors import Refused
from mlcore.findings import Finding, Remedy
from pages.parts import background, formatting, gallery
from pages.parts.formatting import plain
from pages.parts.trouble import trouble

SHOWN, MOST_SHOWN = 12, 120
BADGES = {
    "serious": ("Serious", ":material/error:", "red"),
    "warning": ("Warning", ":material/warning:", "orange"),
    "hint": ("Worth a look", ":material/visibility:", "blue"),
}


def findings_tab(dataset: Dataset) -> None:
    """What the checks found, kept from before or looked for now; the slow ones are asked for."""
    _done(dataset.name)
    known, whole = findings.kept_findings(dataset), f"data.findings.all.{dataset.fingerprint}"
    if known is None and not dataset.is_sequence and not st.session_state.get(whole):
        st.button(
            "Look for wrong classes and odd ones out, too",
            key="data.findings.more",
            icon=":material/search:",
            on_click=st.session_state.update,
            args=({whole: True},),
            help="A network looks at every picture, for seconds to minutes; it goes on while you look elsewhere.",
        )
    if known is not None:
        _show(dataset, known)
        return
    work = findings.check if st.session_state.get(whole) else findings.quick
    key = ("findings", dataset.name, dataset.fingerprint, work.__name__)
    show = partial(_show, dataset)
    title = "Looking through the pictures"
    background.wait(
        [
            background.Request(
                st.container(), "data.findings", title, key, partial(_make, work, dataset), show, stays=True
            )
        ]
    )


def _make(work, dataset: Dataset, progress) -> list[Finding]:
    return work(dataset, progress)


def _show(dataset: Dataset, found: list[Finding]) -> None:
    if not found:
        st.success("Nothing was found that would make a model, or what is measured of it, worse than it looks.")
    for number, each in enumerate(found):
        with st.container(border=True, key=f"data.finding.{number}"):
            _finding(dataset, each, f"data.finding.{number}")


def _finding(dataset: Dataset, found: Finding, key: str) -> None:
    words, icon, colour = BADGES[found.severity]
    title = next((entry.title for entry in findings.checks.all() if entry.name == found.kind), found.kind)
    st.markdown(f"**{plain(title)}** :{colour}-badge[{icon} {words}]")
    st.markdown(plain(found.message))
    st.caption(plain(found.why))
    if len(found.rows):
        _pictures(dataset, found, key)
    for number, remedy in enumerate(found.remedies):
        st.button(
            formatting.label(remedy.title),
            key=f"{key}.remedy.{number}",
            type="secondary" if number else "primary",
            on_click=_apply,
            args=(dataset.name, dataset.fingerprint, title, remedy),
            help="Makes a new version of the data set. One click undoes it.",
        )


def _pictures(dataset: Dataset, found: Finding, key: str) -> None:
    """The clearest pictures, each with what it is called and what is to be said of it."""
    many = len(found.rows) > SHOWN and st.toggle(
        f"Show {min(MOST_SHOWN, len(found.rows)):,} of {len(found.rows):,}", key=f"{key}.many"
    )
    rows = found.rows[: MOST_SHOWN if many else SHOWN]
    captions = [
        found.captions[place] if found.captions else _called(dataset, row) for place, row in enumerate(rows.tolist())
    ]
    pictures: np.ndarray = dataset.read_rows(rows)
    gallery.samples(pictures, captions, 6)


def _called(dataset: Dataset, row: int) -> str:
    code = int(dataset.split_codes[row])
    return f"{dataset.classes[dataset.labels[row]]}, {SPLITS[code]}" if code < len(SPLITS) else "without a class"


def _apply(name: str, fingerprint: str, why: str, remedy: Remedy) -> None:
    """Make the version that a remedy gives; a callback."""
    try:
        made = data.edit(name, remedy.edits, why=f"{why}: {remedy.title}", fingerprint=fingerprint)
        st.session_state["data.findings.done"] = (name, f"{remedy.title}: done in version {made.version}.", True)
    except Refused as refusal:
        st.session_state["data.findings.done"] = (name, refusal.message, False)


def _undo(name: str) -> None:
    """Go back to the version before; a callback."""
    with trouble("Undoing"):
        data.undo(name)
        st.session_state["data.findings.done"] = (name, "Undone.", False)


def _done(name: str) -> None:
    """What the last click did, with the way back."""
    of, text, can_undo = st.session_state.get("data.findings.done", ("", "", False))
    if of != name:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(plain(text), icon=":material/done:")
        if can_undo:
            st.button("Undo", key="data.findings.undo", icon=":material/undo:", on_click=_undo, args=(name,))
