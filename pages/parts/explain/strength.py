"""How strongly maps cover their picture: one slider for all maps of a page."""

from typing import Literal

import streamlit as st

from pages.parts import address

KEY, USUAL = "explain.strength", 0.6


def strength(width: int | Literal["stretch"] = "stretch") -> float:
    """The slider, so many pixels wide; the address holds its value where it isn't the usual one."""
    if (asked := _share(address.take("strength"))) is not None:
        st.session_state[KEY] = asked
    st.session_state.setdefault(KEY, USUAL)
    chosen = st.slider("Overlay strength", 0.0, 1.0, step=0.05, key=KEY, persist_state="session", width=width)
    address.show("strength", "" if abs(chosen - USUAL) < 1e-6 else f"{chosen:g}")
    return chosen


def _share(text: str | None) -> float | None:
    """A number from 0 to 1; None for anything else."""
    try:
        return value if 0 <= (value := float(text or "")) <= 1 else None
    except ValueError:
        return None
