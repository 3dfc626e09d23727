"""What was understood of a person's pictures, put right where it is wrong, and the button that adds them."""

import re

import streamlit as st

from mlcore import clips, data
from mlcore.archives import CODINGS, Reading, Source
from mlcore.archives.labels import NONE
from mlcore.archives.reading import LEFT_OUT
from mlcore.data.preview import DRAWN, Preview, preview
from mlcore.errors import Kind
from mlcore.progress import Progress
from pages.parts import formatting, gallery, ingest
from pages.parts.layout import metrics, table_height
from pages.parts.trouble import notices

SPLITS = {**formatting.SPLITS, LEFT_OUT: "Leave it out"}
WITHOUT_CLASS = {Kind.NO_LABEL, Kind.NO_CLASS_FOLDERS}
SECONDS = 300  # a preview is kept: a folder on the server may change
MOST_ASKED = 12  # folders whose split is asked one by one


def review(source: Source, identity: str) -> None:
    """Show what a source would become, ask what is unclear, and add it on request."""
    key = f"data.{identity}"
    reading = st.session_state.get(f"{key}.reading", Reading())
    name, size, frames = _wishes()
    seen = _looked(identity, repr(reading), size, frames, source, reading)
    _correct(seen, reading, key)
    _facts(seen)
    if seen.asked:
        st.warning(formatting.plain(seen.asked.message.partition(":")[0]) + ". Say above how it is meant.")
    _counts(seen)
    _left_out(seen)
    notices(seen.notices, "data.seen")
    st.caption(formatting.plain(seen.size.why))
    captions = [f"{one.class_name} · {one.width} × {one.height}" for one in seen.samples]
    gallery.samples([one.pixels for one in seen.samples], captions, 8)
    if st.button("Add", key="data.own.add", type="primary", icon=":material/add:", disabled=bool(seen.asked)):
        _add(source, identity, name or data.free_name(slug(seen.origin)), size, frames, reading)


@st.cache_resource(max_entries=4, ttl=SECONDS, show_spinner="Looking at your pictures…")
def _looked(identity: str, said: str, size: int | None, frames: int | None, _source: Source, _reading: Reading):
    """The preview of a source, kept while nothing about it changes."""
    return preview(_source, size, frames, _reading)


def _wishes() -> tuple[str, int | None, int | None]:
    """Name, size and frames, where a person has wishes."""
    left, middle, right = st.columns(3)
    help = "Small letters, digits, - and _"
    name = left.text_input("Name", key="data.name", placeholder="chosen for you", help=help)
    help = "Every picture becomes a square of so many pixels; empty: what suits them, as it says below"
    size = middle.number_input("Size in pixels", *data.SIZES, None, key="data.size", help=help, placeholder="suggested")
    help = "For clips: how many frames to keep of each, such as 16; empty for pictures"
    frames = right.number_input("Frames per clip", 2, clips.MOST_FRAMES, None, key="data.frames", help=help)
    return name.strip(), size, frames


def _facts(seen: Preview) -> None:
    height, width = seen.size.size
    metrics(
        {
            "Pictures": f"{seen.total:,}",
            **({"To be labelled": f"{seen.unlabelled:,}"} if seen.unlabelled else {}),
            "Classes": f"{len(seen.counts):,}",
            "Files": formatting.size(seen.bytes),
            "Stored as": f"{width} × {height}" if width != height else f"{width} px",
            "On disk": formatting.size(seen.size.disk_bytes),
        }
    )


def _counts(seen: Preview) -> None:
    """A table of classes by split."""
    titles = {**formatting.SPLITS, DRAWN: "Split is drawn"}
    splits = [split for split in titles if split in seen.splits]
    rows = [
        {"Class": name, **{titles[split]: counts.get(split, 0) for split in splits}}
        for name, counts in seen.counts.items()
    ]
    st.dataframe(
        rows, hide_index=True, key="data.seen.counts", height=table_height(len(rows)), alt="Pictures by class and split"
    )
    if seen.set_aside:
        st.caption(seen.set_aside)


def _left_out(seen: Preview) -> None:
    if seen.skipped:
        with st.expander(f"{formatting.count(len(seen.skipped), 'file')} left out", key="data.seen.skipped"):
            rows = [{"File": one.file, "Why": one.message} for one in seen.skipped[:1000]]
            st.dataframe(rows, hide_index=True, key="data.seen.skipped.rows", alt="Files that are left out, and why")


def _correct(seen: Preview, reading: Reading, key: str) -> None:
    """Questions and corrections; each answer is a new reading, of which a new preview is shown."""
    if seen.question:
        st.session_state[f"{key}.asked"] = seen.question
    answers = {
        "coding": _coding(seen, reading, key),
        **_classes(seen, reading, key),
        **_table(seen, reading, key),
        "unlabelled": _unlabelled(seen, reading, key),
    }
    said = Reading(**answers)
    if said != reading:
        st.session_state[f"{key}.reading"] = said
        st.rerun()


def _coding(seen: Preview, reading: Reading, key: str) -> str | None:
    """The language of names that had to be guessed."""
    if not (reading.coding or any(notice.kind == Kind.NAMES_GUESSED for notice in seen.notices)):
        return None
    title = formatting.title_in(CODINGS)
    return st.selectbox("Language of file names", list(CODINGS), None, title, key="data.names", placeholder="Detected")


def _classes(seen: Preview, reading: Reading, key: str) -> dict:
    """Which folders are splits and which classes, where that was asked, or whether the names of files tell."""
    question = seen.question or st.session_state.get(f"{key}.asked")
    named = {}
    if seen.named or reading.by_name:
        shown = ", ".join(seen.named[:5] or list(seen.counts)[:5])
        named = {"by_name": st.toggle(formatting.plain(f"Take the classes from the names: {shown}"), key=f"{key}.by")}
    if not question:
        return named
    folders, inner = list(question.folders), ", ".join(question.classes[:3])
    ways = {"outer": f"Classes: {', '.join(folders[:3])}{' …' if len(folders) > 3 else ''}"}
    ways |= {"inner": f"Neither: the classes are inside ({inner})"} if inner else {}
    ways |= {"splits": "Splits (training, validation, test)"} if len(folders) <= MOST_ASKED else {}
    title = formatting.title_in({way: formatting.plain(text) for way, text in ways.items()})
    way = st.radio("These folders are", list(ways), None, title, key=f"{key}.folders", horizontal=True)
    if way == "splits":
        return named | {"splits": _splits(question.folders, key)}
    return named | ({"classes_at": question.depth + (way == "inner")} if way else {})


def _splits(folders: dict[str, str], key: str) -> dict[str, str]:
    """What each folder is, as somebody says."""
    title, said = formatting.title_in(SPLITS), {}
    for cell, (folder, guess) in zip(st.columns(len(folders)), folders.items(), strict=True):
        place = list(SPLITS).index(guess)
        said[folder] = cell.selectbox(formatting.plain(folder), list(SPLITS), place, title, key=f"{key}.split.{folder}")
    return said


def _table(seen: Preview, reading: Reading, key: str) -> dict:
    """Whether a table names the classes, and which column of it."""
    is_asked = seen.asked is not None and seen.asked.kind == Kind.UNCLEAR_LABELS
    if not (seen.tables or is_asked or reading.labels or reading.label):
        return {}
    if not st.toggle("Take the classes from the table", value=True, key=f"{key}.table"):
        return {"labels": NONE}
    columns = st.session_state.setdefault(f"{key}.columns", list(seen.columns))
    label = st.selectbox(
        "Column of the class", columns, None, key=f"{key}.label", placeholder="Choose one" if is_asked else "Detected"
    )
    return {"label": label or ""}


def _unlabelled(seen: Preview, reading: Reading, key: str) -> bool:
    """Whether pictures without a class come along."""
    kinds = {one.kind for one in seen.skipped} | {one.kind for one in seen.notices}
    if not kinds & WITHOUT_CLASS and not reading.unlabelled:
        return False
    return st.toggle("Take pictures without a class along, to label them here", key=f"{key}.unlabelled")


def _add(source: Source, identity: str, name: str, size: int | None, frames: int | None, reading: Reading) -> None:
    """Begin to store it."""

    def store(progress: Progress) -> data.Dataset:
        return data.add(source, name, size=size, progress=progress, frames=frames, reading=reading)

    ingest.begin(name, name, store, identity)


def slug(file: str) -> str:
    """A name for a data set out of a file name."""
    return re.sub("[^a-z0-9]+", "-", file.lower().split(".")[0]).strip("-")[:48] or "pictures"
