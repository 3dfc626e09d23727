"""Cells side by side, as many as the screen is wide enough for."""

import streamlit as st

PICTURE_WIDTH = 72
METRIC_WIDTH = 150
WHOLE = "whole"  # what is all one button; style.css knows it by this name


def cells(count: int, columns: int, width: int = PICTURE_WIDTH) -> list:
    """Cells for `count` things, row by row: at most `columns` in a row, each at least `width` pixels wide."""
    grid = st.grid(columns, min_column_width=width)
    return [grid.cell() for _ in range(count)]


def whole(cell, key: str):
    """A part of a cell that is all one button: a press on its picture is a press on the button or link in it."""
    return cell.container(key=f"{WHOLE}.{key}", gap="xsmall")


def metrics(values: dict[str, str], helps: dict[str, str] | None = None, width: int = METRIC_WIDTH, **options) -> None:
    """Numbers with their names, in bordered cells of one row where there is room for `width` pixels each."""
    for cell, (name, value) in zip(cells(len(values), len(values), width), values.items(), strict=True):
        cell.metric(name, value, border=True, help=(helps or {}).get(name), **options)
