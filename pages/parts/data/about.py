"""About a data set: where it is from, licence, note, fingerprint, how many of which, and a download."""

from tempfile import TemporaryFile

import streamlit as st

from mlcore import data
from mlcore.data import Dataset
from mlcore.data.export import write
from mlcore.progress import Progress
from pages.parts import background, charts, formatting
from pages.parts.data.resize import resize
from pages.parts.trouble import notices, trouble

MOST_BYTES = 200 * 2**20  # of pictures that go through a browser
MOST_BARS = 200  # classes in the chart


def about(dataset: Dataset) -> None:
    """What it is and what is said of it, which can be changed; counts, notices, download."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        _said(dataset)
        st.caption(f"Version {dataset.version}, fingerprint {dataset.fingerprint}, made {dataset.created[:10]}")
        _download(dataset)
    with right:
        if len(dataset.classes) <= MOST_BARS:
            charts.counts({formatting.SPLITS[split]: dataset.counts(split) for split in dataset.splits}, "data.counts")
        else:
            st.caption(
                f"{len(dataset.classes):,} classes, {min(dataset.class_counts.values()):,} to "
                f"{max(dataset.class_counts.values()):,} pictures each"
            )
        _rename(dataset)
        resize(dataset)
    notices(dataset.notices, "data")


def _said(dataset: Dataset) -> None:
    if dataset.description:
        st.write(formatting.plain(dataset.description))
    with st.form("data.about", border=False):
        given = {
            "origin": st.text_input("Where from", dataset.origin, key=f"data.origin.{dataset.name}"),
            "license": st.text_input("Licence", dataset.license, key=f"data.license.{dataset.name}"),
            "note": st.text_area("Note", dataset.note, key=f"data.note.{dataset.name}", height=100),
        }
        if st.form_submit_button("Save", key="data.about.save"):
            with trouble("Saving"):
                data.describe(dataset.name, **given)
                st.toast("Saved. It makes no new version.")


def _rename(dataset: Dataset) -> None:
    with st.form("data.rename", border=False, clear_on_submit=True):
        old = st.selectbox("Class", list(dataset.classes), key="data.rename.old")
        text = "The name of another class makes one of both"
        new = st.text_input("New name", key="data.rename.new", help=text)
        if st.form_submit_button("Rename the class", key="data.rename.do") and new.strip():
            with trouble("Renaming"):
                data.edit(dataset.name, [data.RenameClass(old, new.strip())])
                st.rerun()


def _download(dataset: Dataset) -> None:
    """A ZIP of class folders, made behind the page; what is too large for a browser has its command."""
    command = f"python -m mlcore data export {dataset.name} --out {dataset.name}.zip"
    if len(dataset) * dataset.picture_bytes > MOST_BYTES:
        st.caption(f"Too large for a browser; on the server `{command}` writes a ZIP of class folders with a card.")
        return
    key = ("export", dataset.name, dataset.fingerprint, dataset.note, dataset.license, dataset.origin)
    text = "PNG files in class folders, without metadata, with a card; it can be added again"
    if not st.toggle("Make a ZIP to download", background.is_known(key), key=f"data.export.{dataset.name}", help=text):
        return

    def make(progress: Progress) -> bytes:
        with TemporaryFile() as file:
            write(dataset, file, progress)
            file.seek(0)
            return file.read()

    def show(packed: bytes) -> None:
        label = f"Download, {formatting.size(len(packed))}"
        st.download_button(
            label, packed, f"{dataset.name}.zip", "application/zip", key="data.download", on_click="ignore"
        )

    background.wait([background.Request(st.container(), "data.export", "Packing the pictures", key, make, show)])
