"""Ways of inpainting, for the Repair page and for whoever asks what a picture would be without a hole."""

import numpy as np
import streamlit as st

from mlcore import repair
from mlcore.repair.fills.opencv import available
from mlcore.repair.repairer import all_repairers, open_repairer
from pages.parts import pick

WIDTH = 150  # pixels of a repaired picture on the page


def ways() -> dict[str, str]:
    """Every way to fill a hole that works here: our networks first, then the classical ones."""
    classical = {each.name: each.title for each in repair.fills.all() if "opencv" not in each.traits or available()}
    return pick.distinct({f"model:{card.id}": card.title for card in all_repairers()} | classical)


@st.cache_data(max_entries=64, show_spinner=False)
def filled(way: str, damaged: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The damaged picture with its mask filled by one of the ways."""
    kind, _, id = way.partition(":")
    return open_repairer(id).repair(damaged, mask) if kind == "model" else repair.fill(way, damaged, mask)


def large(pixels: np.ndarray) -> np.ndarray:
    """A picture with each pixel as a square large enough to see."""
    factor = max(1, -(-256 // max(pixels.shape[:2])))
    return pixels.repeat(factor, axis=0).repeat(factor, axis=1)
