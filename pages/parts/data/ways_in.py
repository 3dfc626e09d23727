"""Ways in: a file, a folder, single pictures or the camera become a data set, once it was seen what they would be."""

import hashlib
from pathlib import Path

import streamlit as st

from mlcore import data
from mlcore.archives import Source
from mlcore.data import server_folders
from pages.parts import formatting
from pages.parts.components.into_view import into_view
from pages.parts.data import by_class
from pages.parts.data.review import review
from pages.parts.trouble import trouble

ARCHIVES = ["zip", "tar", "gz", "tgz", "bz2", "xz"]
WAYS = {
    "file": "A ZIP or TAR file",
    "folder": "A folder",
    "classes": "Single pictures or the camera",
    "server": "A folder on the server",
}
WHAT = (
    "One folder per class; train, val and test folders around them are understood, and so is a table (CSV) of paths "
    "and classes beside the pictures. In the folders are pictures, or clips: short videos, animated GIFs, or a folder "
    "with the frames of each clip. Pictures of one kind need no folders: a generator or a repair network learns from "
    "them."
)

Chosen = tuple[Source | None, str]  # what is to be looked at, and what tells it from others


def own() -> None:
    """Choose a way, see what would come of it, and add it."""
    titles = {way: title for way, title in WAYS.items() if way != "server" or server_folders.allowed()}
    title = formatting.title_in(titles)
    way = st.segmented_control("Bring", list(titles), format_func=title, key="data.way", default="file", required=True)
    if way == "classes":
        by_class.collect()
        return
    st.write(WHAT)
    with trouble("Looking at your pictures"):
        source, names = {"file": _file, "folder": _folder, "server": _on_server}[way]()
        if source is not None:
            identity = hashlib.sha256(names.encode()).hexdigest()[:16]
            with st.container(key="data.seen"):
                review(source, identity)
            into_view("data.seen", identity, "See what was understood", gently=True)
    st.caption(
        "Larger than 200 MB? Start the studio with `--server.maxUploadSize`, name folders on the server in "
        f"`{server_folders.VARIABLE}`, or use `python -m mlcore data add PATH --name NAME` there."
    )


def arrived(name: str) -> None:
    """Say of the data set that was just added that it is there."""
    summary = data.stored(name) if st.session_state.get("data.added") == name else None
    if summary is None:
        return
    things = formatting.count(summary.pictures, "clip" if summary.is_sequence else "picture")
    classes = formatting.count(len(summary.classes), "class", "classes")
    st.success(formatting.plain(f"{summary.title} is added: {things} of {classes}, as they stand below."))


def _file() -> Chosen:
    file = st.file_uploader("ZIP or TAR file", key=_key("data.file"), type=ARCHIVES)
    return file, file.file_id if file else ""


def _folder() -> Chosen:
    files = st.file_uploader("Folder of pictures", key=_key("data.folder"), accept_multiple_files="directory")
    return [*files] or None, "-".join(file.file_id for file in files)


def _key(name: str) -> str:
    """The key of a drop zone: another one after each data set that was added, so that it is empty again."""
    round = st.session_state.get("data.round", 0)
    return f"{name}.{round}" if round else name


def _on_server() -> Chosen:
    folders = ", ".join(map(str, server_folders.allowed()))
    help = f"Folders, archives and tables may be read in {folders}"
    text = st.text_input("Path on the server", key="data.path", placeholder=folders, help=help)
    path: Path | None = server_folders.checked(text) if text.strip() else None
    return path, str(path)
