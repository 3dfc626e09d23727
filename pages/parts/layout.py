"""Where things stand on a page: cells side by side, places held open, tables."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mlcore import tables

PICTURE_WIDTH = 72
METRIC_WIDTH = 150
WIDGET_HEIGHT = 68  # of a picker or a slider with its label
LINK_HEIGHT = 40  # of a link or a button, before it is drawn, too
METRIC_HEIGHT = 136  # of a number with its name and its bounds: told to the page, it has its place before it is drawn
ROW_HEIGHT, ROWS = 35, 10  # of a table, as Streamlit draws it; more rows are scrolled to
WHOLE = "whole"  # what is all one button; style.css knows it by this name


def cells(count: int, columns: int, width: int = PICTURE_WIDTH) -> list:
    """Cells for `count` things, row by row: at most `columns` in a row, each at least `width` pixels wide."""
    grid = st.grid(columns, min_column_width=width)
    return [grid.cell() for _ in range(count)]


def reserved(key: str, height: int) -> DeltaGenerator:
    """A container of at least so many pixels from the first moment: what is drawn in it later moves nothing below."""
    with st.container(horizontal=True, wrap=False, gap=None):
        place = st.container(key=key)
        with st.container(width=1, key=f"{key}.strut"):
            st.space(height)
    return place


def table_height(rows: int) -> int:
    """Pixels of a table of so many rows: told to the page, it has its place before it is drawn."""
    return ROW_HEIGHT * (min(rows, ROWS) + 1) + 2


def table(rows: Sequence[dict], key: str, file: str, **options: Any) -> None:
    """Rows as a table, and a button that saves them as CSV, without the formulas that Streamlit's export keeps."""
    st.dataframe(rows, hide_index=True, key=key, **options)
    st.download_button(
        "CSV",
        lambda: tables.csv(rows),
        file,
        "text/csv",
        key=f"{key}.csv",
        help="Save this table for a spreadsheet",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def whole(cell, key: str):
    """A part of a cell that is all one button: a press on its picture is a press on the button or link in it."""
    return cell.container(key=f"{WHOLE}.{key}", gap="xsmall")


def metrics(values: dict[str, str], helps: dict[str, str] | None = None, width: int = METRIC_WIDTH, **options) -> None:
    """Numbers with their names, in bordered cells of one row where there is room for `width` pixels each."""
    for cell, (name, value) in zip(cells(len(values), len(values), width), values.items(), strict=True):
        cell.metric(name, value, border=True, help=(helps or {}).get(name), **options)
