"""Findings: what is wrong inside a data set, with pictures, and what to do about it with one click."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from mlcore import data
from mlcore import findings as looking
from mlcore.data import Dataset
from mlcore.data.splits import SPLITS
from mlcore.errors import Refused
from mlcore.findings import Finding, Remedy
from mlcore.progress import Progress
from pages.parts import background, formatting, gallery
from pages.parts.components.into_view import into_view
from pages.parts.data.choice import show_rows
from pages.parts.data.pictures import grid
from pages.parts.formatting import plain

SHOWN, MOST_SHOWN, COLUMNS = 12, 120, 12  # pictures of a finding
BADGES = {
    "serious": ":red-badge[:material/error: Serious]",
    "warning": ":orange-badge[:material/warning: Warning]",
    "hint": ":blue-badge[:material/visibility: Worth a look]",
}
DONE = "data.findings.done"


def findings(dataset: Dataset) -> None:
    """What the checks found, kept from before or looked for now; the slow ones only when they are asked for."""
    with st.container(key="data.findings.done"):
        _done(dataset.name)
    if st.session_state.get(DONE, [""])[0] == dataset.name:
        into_view("data.findings.done", st.session_state[DONE], "See what was done")
    more = st.empty()  # holds its place: what stood below while the network looked would stand there twice
    known = looking.kept_findings(dataset)
    if known is not None:
        _show(dataset, known)
        return
    wants_all = f"data.findings.all.{dataset.fingerprint}"
    if not st.session_state.get(wants_all):
        more.button(
            "Look for wrong classes and odd ones out, too",
            key="data.findings.more",
            icon=":material/search:",
            on_click=st.session_state.update,
            args=({wants_all: True},),
            help="A network looks at every picture, for seconds to minutes; it goes on while you look elsewhere.",
        )
    _look(dataset, looking.check if st.session_state.get(wants_all) else looking.quick)


def _look(dataset: Dataset, work: Callable[[Dataset, Progress], list[Finding]]) -> None:
    """Look behind the page, and show what was found."""
    key = ("findings", dataset.name, dataset.fingerprint, work.__name__)
    make, show = partial(work, dataset), partial(_show, dataset)
    title = "Looking through the pictures"
    background.wait([background.Request(st.container(), "data.findings", title, key, make, show, stays=True)])


def _show(dataset: Dataset, found: list[Finding]) -> None:
    if not found:
        st.success("Nothing was found that would make a model, or what is measured of it, worse than it looks.")
    for number, each in enumerate(found):
        with st.container(border=True, key=f"data.finding.{number}"):
            _finding(dataset, each, f"data.finding.{number}")


def _finding(dataset: Dataset, found: Finding, key: str) -> None:
    title = looking.checks.get(found.kind).title
    st.markdown(f"**{title}** {BADGES[found.severity]}")
    st.markdown(plain(found.message))
    st.caption(plain(found.why))
    if len(found.rows):
        _pictures(dataset, found, key)
    with st.container(horizontal=True):
        for number, remedy in enumerate(found.remedies):
            st.button(
                plain(remedy.title),
                key=f"{key}.remedy.{number}",
                type="secondary" if number or found.severity == "hint" else "primary",
                on_click=_apply,
                args=(dataset.name, dataset.fingerprint, title, remedy),
                help="Makes a new version of the data set; one click undoes it.",
            )
        if len(found.rows):
            args, icon = (dataset, title, found.rows), ":material/grid_view:"
            st.button("Show in Pictures", key=f"{key}.pictures", icon=icon, on_click=show_rows, args=args)


def _pictures(dataset: Dataset, found: Finding, key: str) -> None:
    """The clearest pictures, each with what it is called or what is to be said of it."""
    total = len(found.rows)
    many = total > SHOWN and st.toggle(
        f"Show {'all' if total <= MOST_SHOWN else f'{MOST_SHOWN} of'} {total:,}", key=f"{key}.many"
    )
    rows = found.rows[: MOST_SHOWN if many else SHOWN]
    alt = f"{formatting.count(len(rows), 'picture')} of {total:,}"
    if found.captions:  # what a class is asks for a person's eye: here they can be labelled one by one
        said = dict(zip(found.rows.tolist(), found.captions, strict=True))
        grid(dataset, rows, alt, f"{key}.grid.{found.kind}.{dataset.name}", lambda _, row: said[row])
    else:
        gallery.samples(dataset.read_rows(rows), [_called(dataset, row) for row in rows.tolist()], COLUMNS)


def _called(dataset: Dataset, row: int) -> str:
    code = int(dataset.split_codes[row])
    if code >= len(SPLITS):
        return "without a class"
    return f"{dataset.classes[dataset.labels[row]]}, {formatting.SPLITS[SPLITS[code]].lower()}"


def _apply(name: str, fingerprint: str, finding: str, remedy: Remedy) -> None:
    """Make the version that a remedy gives; a callback."""
    try:
        made = data.edit(name, remedy.edits, why=f"{finding}: {remedy.title}", fingerprint=fingerprint)
        st.session_state[DONE] = (name, f"{remedy.title}: done, in version {made.version}.", made.fingerprint)
    except Refused as refusal:
        st.session_state[DONE] = (name, refusal.message, "")


def _undo(name: str) -> None:
    """Go back to the version before; a callback."""
    try:
        version = data.undo(name).version
        st.session_state[DONE] = (name, f"Undone: version {version} is the current one again.", "")
    except Refused as refusal:
        st.session_state[DONE] = (name, refusal.message, "")


def _done(name: str) -> None:
    """What the last click did, with the way back as long as nothing else was done."""
    of, text, made = st.session_state.get(DONE, ("", "", ""))
    if of != name:
        return
    st.info(plain(text), icon=":material/done:")
    if made and data.open(name).fingerprint == made:
        st.button("Undo", key="data.findings.undo", icon=":material/undo:", on_click=_undo, args=(name,))
