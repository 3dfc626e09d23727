"""What a setting may be in a sweep: a smallest and a largest value with a scale, or some of its choices."""

import math
from typing import Any

import streamlit as st

from mlcore.settings import FieldSpec
from pages.parts.formatting import choice_words

SCALES = {True: "Each step a factor (logarithmic)", False: "Even steps (linear)"}
SCALE_HELP = "Steps by a factor suit what spans several powers of ten, such as a learning rate"
AROUND = 4  # times the default, up and down: where a range begins and ends at first


def text(key: str, spec: FieldSpec) -> str:
    """Ask between what a setting varies, or among what; gives it as the command line writes it, or nothing."""
    st.markdown(f"**{spec.label}**", help=spec.help)
    return _range(key, spec) if spec.type in ("integer", "number") else _choices(key, spec)


def _choices(key: str, spec: FieldSpec) -> str:
    """Some of the choices, all at first."""
    flag = {"true": "On", "false": "Off"} if spec.type == "flag" else {}
    options = list(flag or map(str, spec.choices))
    chosen = st.multiselect(
        f"{spec.label}: try",
        options,
        options,
        format_func=lambda option: flag.get(option, choice_words(option)),
        key=f"sweep.values.{key}",
        persist_state="session",
        label_visibility="collapsed",
    )
    return ",".join(chosen)


def _range(key: str, spec: FieldSpec) -> str:
    """Two boxes and a scale."""
    low, high = around(spec)
    left, middle, right = st.columns([2, 2, 3])
    with left:
        first = _box("From", spec, low, f"sweep.values.{key}.from")
    with middle:
        last = _box("To", spec, high, f"sweep.values.{key}.to")
    with right:
        scale: dict[str, Any] = {"key": f"sweep.values.{key}.scale", "persist_state": "session", "help": SCALE_HELP}
        start = int(spec.type == "integer" or not low > 0)
        factor = st.selectbox("Scale", list(SCALES), start, format_func=SCALES.__getitem__, **scale)
    return _written(first, last, bool(factor))


def _box(label: str, spec: FieldSpec, value: float, key: str) -> Any:
    kind = int if spec.type == "integer" else float
    ends = {"min_value": spec.low, "max_value": spec.high}
    bounds: dict[str, Any] = {name: kind(end) for name, end in ends.items() if end is not None}
    style: dict[str, Any] = {"step": 1} if kind is int else {"format": "%g", "step": max(abs(value), 1e-6) / 10}
    return st.number_input(label, value=kind(value), key=key, persist_state="session", **bounds, **style)


def _written(first: float | None, last: float | None, factor: bool) -> str:
    """The range as text; says what is wrong with one that can't be."""
    if first is None or last is None or first >= last:
        st.caption("A range goes from a smaller value to a larger one.")
        return ""
    if factor and first <= 0:
        st.caption("Steps by a factor begin above 0: choose a larger first value, or even steps.")
        return ""
    return f"{first!r}..{last!r}" + (":log" if factor else "")


def around(spec: FieldSpec) -> tuple[float, float]:
    """A range around the default, within its bounds."""
    middle = spec.default or (spec.high or 1) / 10
    low, high = max(spec.low or 0, middle / AROUND), min(spec.high or math.inf, middle * AROUND)
    if spec.type == "integer":
        return max(int(low), int(spec.low or 0)), int(high)
    return float(f"{low:.3g}"), float(f"{high:.3g}")
