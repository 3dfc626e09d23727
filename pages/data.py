"""Data: the data sets of this machine; look inside, add your own, remove."""

import re
from functools import partial

import streamlit as st

from mlcore import clips, data
from mlcore.archives import CODINGS
from mlcore.progress import Progress
from pages.parts import address, charts, formatting, gallery, ingest, pick, shell
from pages.parts.components.into_view import into_view
from pages.parts.formatting import title_in
from pages.parts.layout import cells, metrics
from pages.parts.trouble import notices, trouble, unreadable

shell.require()

SHOWN = 24
ARCHIVES = ["zip", "tar", "gz", "tgz", "bz2", "xz"]


def shelf(summaries: list) -> None:
    """What is here, and what can be had with one click."""
    here = [summary for summary in summaries if summary.stored]
    if here:
        rows = [
            {
                "Data set": each.title,
                "Pictures": each.pictures,
                "Classes": len(each.classes),
                "Size": size(each.shape),
                "On disk": formatting.size(each.disk_bytes),
            }
            for each in here
        ]
        st.dataframe(rows, hide_index=True, key="data.shelf", alt="Table of the data sets on this machine")
    else:
        st.write("There is no data set on this machine yet. Add one of these with a click, or bring your own pictures.")
    waiting = [summary for summary in summaries if not summary.stored]
    if waiting:
        st.subheader("Ready to add", anchor=False)
        for cell, summary in zip(cells(len(waiting), len(waiting), 180), waiting, strict=True):
            with cell.container(border=True, key=f"data.offer.{summary.name}"):
                offer(summary)


def size(shape: tuple) -> str:
    """Height and width, and of clips how many frames."""
    frames = f"{shape[0]} frames of " if len(shape) == 4 else ""
    return f"{frames}{shape[-3]} × {shape[-2]}"


def offer(summary) -> None:
    """A built-in data set that isn't stored yet."""
    st.markdown(f"**{formatting.plain(summary.title)}**")
    cost = f"a download of {formatting.size(summary.download_bytes)}" if summary.download_bytes else "needs no network"
    count = formatting.count(summary.pictures, "clip" if summary.is_sequence else "picture")
    st.caption(formatting.plain(f"{summary.description} {count}; {cost}."))
    if st.button("Add", key=f"data.add.{summary.name}", icon=":material/add:"):
        ingest.begin(summary.name, summary.title, partial(data.open, summary.name))


def own() -> None:
    """Upload pictures in class folders."""
    st.write(
        "A ZIP or TAR file with one folder per class; train, val and test folders around them are understood. "
        "In the folders are pictures, or clips: short videos, animated GIFs, or a folder with the frames of each clip. "
        "Pictures of one kind need no folders: a generator or a repair network learns from them."
    )
    with st.form("data.own", border=False):
        file = st.file_uploader("ZIP or TAR file", key="data.file", type=ARCHIVES)
        name, size, frames, coding = described()
        if st.form_submit_button("Add", key="data.own.add", type="primary"):
            if file is None:
                st.error("Choose a ZIP or TAR file first.")
            else:
                add(file, name or data.free_name(slug(file.name)), size, frames, coding)
    st.caption("Larger than 200 MB, or a folder on the server? Use `python -m mlcore data add PATH --name NAME` there.")


def described() -> tuple[str, int | None, int | None, str | None]:
    """Name, size, frames and language of file names of an own data set; what is empty is chosen."""
    left, middle, right, last = st.columns(4)
    text = "Small letters, digits, - and _"
    name = left.text_input("Name", key="data.name", placeholder="my-pictures", help=text)
    text = "Every picture becomes this size; empty: chosen for you"
    size = middle.number_input("Size in pixels", *data.SIZES, None, key="data.size", help=text)
    text = "For clips: how many frames to keep of each, such as 16; empty for pictures"
    frames = right.number_input("Frames per clip", 2, clips.MOST_FRAMES, None, key="data.frames", help=text)
    text = "Only for names that aren't marked as UTF-8; empty: the likeliest, which a notice tells"
    coding = last.selectbox(
        "Language of file names",
        list(CODINGS),
        None,
        title_in(CODINGS),
        key="data.names",
        help=text,
        placeholder="Detected",
    )
    return name, size, frames, coding


def add(file, name: str, size: int | None, frames: int | None, coding: str | None) -> None:
    """Begin to store an upload."""

    def store(progress: Progress) -> data.Dataset:
        return data.add(file, name, size=size, progress=progress, frames=frames, coding=coding)

    ingest.begin(name, name, store, file.file_id)


def slug(file: str) -> str:
    """A name for a data set out of a file name."""
    return re.sub("[^a-z0-9]+", "-", file.lower().split(".")[0]).strip("-")[:48] or "pictures"


def look_at(dataset: data.Dataset) -> None:
    """Show the data set that was just added."""
    st.session_state["data.next"] = st.session_state["data.added"] = dataset.name
    st.rerun()


def inside(name: str) -> None:
    """Counts, pictures and notices of a data set."""
    dataset = data.open(name)
    things = "clips" if dataset.is_sequence else "pictures"
    facts = {"Classes": str(len(dataset.classes)), "Size": size(dataset.shape[-3:])}
    facts |= {"Frames of each": str(dataset.shape[0])} if dataset.is_sequence else {}
    facts |= {f"{formatting.SPLITS[split]} {things}": f"{n:,}" for split, n in dataset.splits.items()}
    metrics(facts)
    notices(dataset.notices, "data")
    left, right = st.columns([2, 3], gap="large")
    with left:
        charts.counts({formatting.SPLITS[split]: dataset.counts(split) for split in dataset.splits}, "data.counts")
    with right:
        grid(dataset)
    with st.container(horizontal=True):
        st.page_link(
            shell.path("train"), label="Train on it", icon=":material/model_training:", query_params={"data": name}
        )
        if st.button("Remove", key="data.remove", icon=":material/delete:"):
            confirm(name, dataset.title)


def grid(dataset) -> None:
    """Pictures of a split, those of one class or a mix."""
    splits = {split: formatting.SPLITS[split] for split, n in dataset.splits.items() if n}
    left, right = st.columns(2)
    with left:
        split = pick.one("Split", splits, "split", widget=st.segmented_control, required=True)
    with right:
        titles = {"all": "All classes"} | {str(index): name for index, name in enumerate(dataset.classes)}
        wanted = pick.one("Class", titles, "class", context=dataset.name)
    pictures = dataset.split(split)
    shown, columns = (SHOWN // 4, 3) if dataset.is_sequence else (SHOWN, 6)
    chosen = gallery.sample(pictures, shown, None if wanted == "all" else int(wanted))
    captions = [dataset.classes[pictures.labels[index]] for index in chosen]
    gallery.samples(pictures.read(chosen), captions, columns)


def remove(name: str) -> None:
    """Delete a data set; a callback."""
    with trouble("Removing"):
        data.remove(name)


@st.dialog("Remove this data set?")
def confirm(name: str, title: str) -> None:
    """Ask before the stored pictures go."""
    st.write("Its stored pictures will be deleted. Models trained on it stay.")
    st.text(title)
    with st.container(horizontal=True):
        if st.button("Remove for good", key="data.remove.sure", type="primary", on_click=remove, args=(name,)):
            st.rerun()
        if st.button("Keep it", key="data.remove.keep"):
            st.rerun()


shell.heading("data")
if added := st.session_state.pop("data.next", None):
    address.choose("data", added)
arriving = st.container(key="data.arriving")
with trouble("Listing the data sets"):
    everything = data.all()
    shelf(everything)
    unreadable(data.unreadable(), "data", data.remove)
    with st.expander("Add your own pictures or clips", key="data.own.fold"):
        own()
    if any(summary.stored for summary in everything):
        with st.container(key="data.inside"):
            st.subheader("Look inside", anchor=False)
            inside(pick.stored())
        if added := st.session_state.get("data.added"):
            into_view("data.inside", added, "Look inside")
with arriving, trouble("Adding the data set"):  # last: what takes its time keeps nothing else from being drawn
    if begun := st.session_state.get("work.begun"):
        into_view("data.arriving", begun[-1], "See how far it is")
    ingest.follow(look_at)
