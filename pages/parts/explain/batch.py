"""Attribution maps for many pictures at once: a folder or an archive in, a ZIP of maps out."""

import io

import streamlit as st

from mlcore import explanation
from mlcore.explanation.render import html
from pages.parts import background, formatting, pick

MOST_MEGABYTES = 200


@st.fragment
def explain_batch(card) -> None:
    """Upload, method, then a ZIP with a PNG and an NPY for each picture and a page of all."""
    files = st.file_uploader(
        "Drop pictures, or a ZIP or TAR file of them",
        key="many.files",
        accept_multiple_files=True,
        max_upload_size=MOST_MEGABYTES,
    )
    methods = {entry.name: entry.title for entry in explanation.methods.all()}
    method = pick.one("Method for all", methods, "batch", "grad-cam")
    st.caption(f"Each picture's own answer is explained. {background.LIMITS}")
    if not files:
        return
    key = ("many", pick.stamp(card.id), method, tuple(file.file_id for file in files))
    if st.button("Explain them all", key="many.start", type="primary"):
        st.session_state["many.wanted"] = key
        st.session_state.pop("many.off", None)
    if st.session_state.get("many.wanted") == key:
        classifier, name = pick.classifier(card), methods[method]
        make = _archive(classifier, files, method, f"{name} of {formatting.count(len(files), 'file')}")
        slot, show = st.container(), _show(method)
        background.wait([background.Request(slot, "many", "Explaining", key, make, show, stays=True)])


def _archive(classifier, files: list, method: str, title: str):
    def make(progress):
        target = io.BytesIO()
        rows = html.explain_many(classifier, [(file.name, file) for file in files], method, progress=progress)
        facts = {"Model": f"{classifier.card.title} ({classifier.card.id})", "Method": method}
        return target, html.archive(target, rows, title, facts)

    return make


def _show(method: str):
    def show(archive: tuple[io.BytesIO, int]) -> None:
        target, count = archive
        st.success(f"{formatting.count(count, 'picture')} explained.")
        st.download_button(
            "Download as ZIP",
            target.getvalue(),
            f"{method}.zip",
            "application/zip",
            key="many.zip",
            icon=":material/download:",
            on_click="ignore",
        )

    return show
