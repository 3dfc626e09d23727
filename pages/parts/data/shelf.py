"""The shelf of data sets: what is here, and what can be had with one click."""

from functools import partial

import streamlit as st

from mlcore import data
from pages.parts import formatting, ingest
from pages.parts.layout import cells


def shelf(summaries: list) -> None:
    """What is here."""
    rows = [
        {
            "Data set": each.title,
            "Pictures": each.pictures,
            "Classes": len(each.classes),
            "Size": size(each.shape),
            "On disk": formatting.size(each.disk_bytes),
        }
        for each in summaries
        if each.stored
    ]
    if rows:
        st.subheader("On this machine", anchor=False)
        counts = {"Pictures": st.column_config.NumberColumn(format="localized")}
        alt = "Table of the data sets on this machine"
        st.dataframe(rows, hide_index=True, key="data.shelf", column_config=counts, alt=alt)


def offers(summaries: list) -> None:
    """What can be had with one click."""
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
    cost = f"A download of {formatting.size(summary.download_bytes)}" if summary.download_bytes else "Needs no network"
    st.caption(formatting.plain(f"{summary.description} {cost}."))
    if st.button("Add", key=f"data.add.{summary.name}", icon=":material/add:"):
        ingest.begin(summary.name, summary.title, partial(data.open, summary.name))
