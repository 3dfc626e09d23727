"""The editor for an architecture of your own: a table of layers, and what each makes of the picture."""

import json

import pandas as pd
import streamlit as st

from mlcore.architectures import rows as kinds
from mlcore.architectures import stack
from mlcore.architectures.templates import START, TEMPLATES
from pages.parts.formatting import title_in

TITLES = {name: kinds.title(name) for name in kinds.KINDS}
COLUMN = {"filters": "many", "units": "many"}  # fields that share a column
COLUMNS = ("type", "many", "kernel", "stride", "padding", "activation", "rate", "row")
ROW_HEIGHT = 35  # pixels, so that both tables line up


def editor(key: str, shape: tuple, classes: int) -> dict:
    """Draw the table and what it makes of pictures of that shape; returns plain settings.

    Raises Refused for a stack that can't be built, after drawing what is wrong with it.
    """
    if _table_key(key) not in st.session_state:  # the first visit, or the first after another page
        st.session_state[f"{key}.rows"] = st.session_state.get(f"{key}.typed", _filled(START))
    st.selectbox(
        "Start from",
        list(TEMPLATES),
        index=None,
        placeholder="Choose a network to start from; it replaces the table",
        key=f"{key}.template",
        on_change=_take_template,
        args=(key,),
    )
    left, right = st.columns([7, 2])
    with left:
        rows = st.session_state[f"{key}.typed"] = _table(st.session_state[f"{key}.rows"], key)
        _actions(rows, key)
    lines = stack.lines(rows, shape, classes)
    with right:
        _results(lines, key)
        _as_text(rows, key)
    stack.check(lines)
    return {"layers": rows}


def fill(key: str, settings: dict) -> None:
    """Put layers into the editor before it is drawn, such as those of another run."""
    _replace(key, _filled(settings.get("layers", START)))


def _table(rows: list[dict], key: str) -> list[dict]:
    """The table itself; what was typed is kept apart from the rows it began with until rows are moved."""
    edited = st.data_editor(
        pd.DataFrame([_cells(row) for row in rows], columns=COLUMNS, index=range(1, len(rows) + 1)),
        key=_table_key(key),
        row_height=ROW_HEIGHT,
        height=_height(len(rows)),
        column_config=_columns(),
        placeholder="",
        alt="Table of layers with what can be set for each",
    )
    return [_plain(record) for record in edited.to_dict("records")]


def _table_key(key: str) -> str:
    """A new table for each new set of rows: the old one's edits mustn't be laid over them."""
    return f"{key}.table.{st.session_state.get(f'{key}.version', 0)}"


def _columns() -> dict:
    column = st.column_config
    return {
        "_index": column.NumberColumn("Row", width=34),
        "type": column.SelectboxColumn(
            "Layer", options=list(TITLES), format_func=title_in(TITLES), required=True, width=146
        ),
        "many": column.NumberColumn("Size", min_value=1, step=1, width=62, help="How many filters or units"),
        "kernel": column.NumberColumn("Window", min_value=1, max_value=15, step=1, width=80, help="Side, in places"),
        "stride": column.NumberColumn("Stride", min_value=1, max_value=15, step=1, width=72, help="Step of the window"),
        "padding": column.SelectboxColumn(
            "Edge", options=["same", "valid"], width=66, help="Windows may reach over the edge (same) or not (valid)"
        ),
        "activation": column.SelectboxColumn("Activation", options=list(kinds.ACTIVATIONS), width=98),
        "rate": column.NumberColumn("Rate", min_value=0.0, max_value=0.95, width=62, help="Share left out by dropout"),
        "row": column.NumberColumn(
            "From row", min_value=0, step=1, width=92, help="Whose result comes in as well; 0 is the picture"
        ),
    }


def _actions(rows: list[dict], key: str) -> None:
    """Buttons that move, add and delete rows."""
    numbers = list(range(1, len(rows) + 1))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        at = st.selectbox("Row", numbers, format_func=lambda number: _named(rows, number), key=f"{key}.at", width=190)
        for label, icon, order in _orders(numbers, at or 0):
            st.button(
                label,
                key=f"{key}.{label.lower()}",
                icon=f":material/{icon}:",
                disabled=order is None,
                on_click=_reorder,
                args=(key, rows, order),
            )


def _orders(numbers: list[int], at: int) -> list[tuple]:
    """Label, icon and the new order of rows for each button; None where it can't be pressed."""
    before, after = [n for n in numbers if n < at], [n for n in numbers if n > at]
    return [
        ("Up", "arrow_upward", [*before[:-1], at, *before[-1:], *after] if before else None),
        ("Down", "arrow_downward", [*before, *after[:1], at, *after[1:]] if after and at else None),
        ("Add below", "add", [*before, at, at, *after] if at else None if numbers else [1]),
        ("Delete", "delete", [*before, *after] if at else None),
    ]


def _reorder(key: str, rows: list[dict], order: list[int]) -> None:
    """Move rows; a callback. Into an empty table comes the first row of the start."""
    at = st.session_state.get(f"{key}.at") or 0
    _replace(key, _filled(stack.reorder(rows, order)) if rows else _filled(START[:1]))
    copied = order.count(at) == 2
    st.session_state[f"{key}.at"] = order.index(at) + 1 + copied if at in order else min(max(at, 1), len(order)) or None


def _take_template(key: str) -> None:
    """Replace the table by a template; a callback."""
    chosen = st.session_state.get(f"{key}.template")
    if chosen:
        _replace(key, _filled(TEMPLATES[chosen]))
        st.session_state.update({f"{key}.template": None, f"{key}.at": 1})


def _replace(key: str, rows: list[dict]) -> None:
    st.session_state[f"{key}.rows"] = st.session_state[f"{key}.typed"] = rows
    st.session_state[f"{key}.version"] = st.session_state.get(f"{key}.version", 0) + 1


def _as_text(rows: list[dict], key: str) -> None:
    with st.popover("As text", icon=":material/code:", key=f"{key}.text"):
        st.caption("For the command line or a recipe file.")
        st.code(f"--set 'settings.layers={json.dumps(rows)}'", language=None, wrap_lines=True)


def _results(lines: list, key: str) -> None:
    """What each row gives, lined up with the table, and what is wrong."""
    rows = [
        {
            "Gives": kinds.sides(line.shape) if line.shape else "can't be" if line.trouble else "",
            "Parameters": line.parameters if line.shape else None,
        }
        for line in lines[:-1]
    ]
    st.dataframe(
        pd.DataFrame(rows, index=range(1, len(rows) + 1)),
        key=f"{key}.results",
        row_height=ROW_HEIGHT,
        height=_height(len(rows)),
        column_config={
            "_index": st.column_config.NumberColumn("Row", width=34),
            "Parameters": st.column_config.NumberColumn(format="localized", width=84),
        },
        alt="What each layer gives and how many parameters it has",
    )
    answer, total = lines[-1], sum(line.parameters for line in lines)
    if answer.shape:
        st.text(f"Then the answer: {answer.shape[0]} numbers, {answer.parameters:,} parameters; {total:,} in all.")


def _height(count: int) -> int:
    return ROW_HEIGHT * (count + 1) + 3


def _named(rows: list[dict], number: int) -> str:
    kind = rows[number - 1].get("type") if number <= len(rows) else None
    return f"{number} {TITLES.get(str(kind), '')}"


def _filled(rows) -> list[dict]:
    """Rows with every field that their kind has, for the table to show; one that is wrong stays as it is."""
    filled = []
    for row in rows:
        try:
            filled.append(stack.parse(row).model_dump(mode="json"))
        except ValueError:
            filled.append(row)
    return filled


def _cells(row: dict) -> dict:
    return {COLUMN.get(name, name): value for name, value in row.items()}


def _plain(cells: dict) -> dict:
    """A row from its cells: what its kind doesn't have is left out, what is empty too."""
    kind = cells.get("type")
    if kind not in kinds.KINDS:
        return {}
    values = {name: cells[COLUMN.get(name, name)] for name in kinds.KINDS[kind].model_fields}
    return {name: _number(value) for name, value in values.items() if not pd.isna(value)}


def _number(value):
    return int(value) if isinstance(value, float) and value.is_integer() else value
