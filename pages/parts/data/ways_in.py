"""Ways in: a person's own pictures become a data set."""

import re

import streamlit as st

from mlcore import clips, data
from mlcore.archives import CODINGS, Reading
from mlcore.progress import Progress
from pages.parts import ingest
from pages.parts.formatting import title_in

ARCHIVES = ["zip", "tar", "gz", "tgz", "bz2", "xz"]


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
        return data.add(file, name, size=size, progress=progress, frames=frames, reading=Reading(coding))

    ingest.begin(name, name, store, file.file_id)


def slug(file: str) -> str:
    """A name for a data set out of a file name."""
    return re.sub("[^a-z0-9]+", "-", file.lower().split(".")[0]).strip("-")[:48] or "pictures"
