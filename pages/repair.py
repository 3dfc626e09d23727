"""Repair (inpainting): mark what is lost in a picture, and see how several ways fill it."""

import numpy as np
import streamlit as st

from pages.parts import picture, shell
from pages.parts.components.into_view import into_view
from pages.parts.repair import alternatives, large, repairs
from pages.parts.repair.train import train
from pages.parts.trouble import notices, trouble

shell.require()


def page() -> None:
    """The picture with its damage beside the repairs."""
    chosen = picture.choose_single("repair")
    if chosen is None:
        st.write("Choose a picture above, mark what is lost, and see it filled.")
        return
    notices(chosen.picture.notices, "repair")
    pixels = repairs.workable(chosen.picture.pixels)
    left, right = st.columns([2, 3], gap="large")
    with left:
        mask, is_intact = repairs.what_is_lost(pixels, chosen.name, chosen.picture.pixels)
    with right:
        if mask is None or not mask.any():
            st.write("Nothing is marked yet. Paint over the part that is lost, or choose a kind of damage.")
            return
        with st.container(key="repair.result"):
            large.curtain(chosen.picture.pixels, mask, is_intact, chosen.name)
        into_view("repair.result", chosen.picture.sha256, "See it repaired", gently=True)  # a hand may be painting
    st.subheader("Every way side by side", anchor=False)
    damaged = np.where(mask[..., None], np.uint8(127), pixels)
    repairs.repairs(damaged, mask, pixels if is_intact else None, chosen.name)
    st.divider()
    alternatives.panel(damaged, mask, chosen.name)


shell.heading("repair")
with trouble("Repairing"):
    page()
with st.expander("Train a repair network", key="repair.train"), trouble("Training a repair network"):
    train()
