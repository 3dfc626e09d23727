"""A form made from a Settings class: one widget for each field, expert fields behind a fold."""

import math
from dataclasses import replace
from typing import Any

import streamlit as st

from mlcore import reader
from mlcore import settings as declared
from mlcore.settings import FieldSpec, Settings
from pages.parts import pick
from pages.parts.formatting import choice_words, title_in


def form(
    settings: type[Settings],
    prefix: str,
    columns: int = 3,
    without: tuple[str, ...] = (),
    among: dict | None = None,
    sliders: bool = False,
) -> dict:
    """Draw the widgets and return plain values; `settings.read` judges them.

    Values live in the session under `prefix.field`; fields marked expert are folded away. What is chosen elsewhere
    on the page is left out by name. `among` gives, for a field of names, those there are with their titles. With
    `sliders` numbers that have both bounds are chosen by eye.
    """
    specs = [spec for spec in declared.fields(settings) if spec.name not in without]
    specs = [replace(spec, titles=(among or {}).get(spec.name, spec.titles)) for spec in specs]
    values = _grid([spec for spec in specs if not spec.expert], prefix, columns, sliders)
    expert = [spec for spec in specs if spec.expert]
    if expert:
        with st.expander("More settings", key=f"{prefix}.more"):
            values |= _grid(expert, prefix, columns, sliders)
    return {spec.name: values[spec.name] for spec in specs}


def fill(settings: type[Settings], prefix: str, values: dict) -> None:
    """Put values into the form before it is drawn, such as those of a preset or of another run."""
    for spec in declared.fields(settings):
        if spec.name in values:
            st.session_state[f"{prefix}.{spec.name}"] = _shown(spec, values[spec.name])


def _grid(specs: list[FieldSpec], prefix: str, columns: int, sliders: bool) -> dict:
    if not specs:
        return {}
    slots = st.columns(min(columns, len(specs)))
    values = {}
    for position, spec in enumerate(specs):
        with slots[position % len(slots)]:
            values[spec.name] = _widget(spec, f"{prefix}.{spec.name}", sliders)
    return values


def _widget(spec: FieldSpec, key: str, sliders: bool):
    st.session_state.setdefault(key, _shown(spec, spec.default))
    titles = pick.distinct(spec.titles)
    common: dict[str, Any] = {"label": spec.label, "help": spec.help or None, "key": key, "persist_state": "session"}
    if spec.type == "flag":
        return st.toggle(**common)
    if spec.type == "names":
        return st.multiselect(options=_with(spec.titles, st.session_state[key]), format_func=title_in(titles), **common)
    if spec.titles:
        return st.selectbox(options=_with(spec.titles, [st.session_state[key]]), format_func=title_in(titles), **common)
    if spec.type == "choice":
        return st.selectbox(options=spec.choices, format_func=choice_words, **common)
    if sliders and spec.type in ("integer", "number") and None not in (spec.low, spec.high, spec.default):
        return _slider(spec, common)
    if spec.type == "integer":
        return _whole(st.number_input(**common, **_bounds(spec, int), step=1, value=None))
    if spec.type == "number":
        return st.number_input(**common, **_bounds(spec, float), step=_step(spec), format="%g", value=None)
    return _parsed(spec, st.text_input(**common))


def _slider(spec: FieldSpec, common: dict[str, Any]):
    if spec.type == "integer":
        return st.slider(**common, **_bounds(spec, int), step=1)
    span = (spec.high or 0.0) - (spec.low or 0.0)
    return st.slider(**common, **_bounds(spec, float), step=10.0 ** math.floor(math.log10(span / 20)), format="%g")


def _with(titles: dict[str, str], chosen: list[str]) -> list[str]:
    """The names to choose from; one that was chosen and is gone stays, and is refused in words."""
    return [*titles, *(name for name in chosen if name not in titles)]


def _bounds(spec: FieldSpec, kind: type) -> dict:
    bounds = {"min_value": spec.low, "max_value": spec.high}
    return {name: kind(value) for name, value in bounds.items() if value is not None}


def _step(spec: FieldSpec) -> float:
    """A tenth of the default's size, so that the buttons suit a learning rate as well as a percentage."""
    size = abs(spec.default or 0.1)
    return 10.0 ** (math.floor(math.log10(size)) - 1)


def _whole(value):
    return None if value is None else int(value)


def _shown(spec: FieldSpec, value):
    """A value as its widget holds it; lists are typed as `128, 64`."""
    if spec.type == "names":
        return list(value or ())
    if spec.type == "list":
        return ", ".join(str(part) for part in value or ())
    if spec.type == "number":
        return None if value is None else float(value)
    return ("" if value is None else value) if spec.type == "text" else value


def _parsed(spec: FieldSpec, text: str):
    if spec.type != "list":
        return text or (None if spec.optional else "")
    return [_part(part.strip()) for part in text.split(",") if part.strip()]


def _part(text: str):
    return reader.parse_or(text, text)
