"""Colours that the theme can't give: text in the primary colour that can be read on a dark page, too.

A primary colour can't both carry white text on buttons (luminance at most 0.183) and be text on the dark page (at least
0.21). Ours carries the buttons; where Streamlit writes in it, the dark page gets a lighter blue (7.0:1 and more).
"""

import streamlit as st

WRITTEN = '.stButtonGroup [data-selected="true"]', '.stSlider [data-testid="stSliderThumbValue"]'
STYLE = f"<style>{', '.join(WRITTEN)} {{ color: light-dark(#1D4ED8, #93C5FD) !important; }}</style>"


def apply() -> None:
    """Set the colours; the first thing on every page."""
    st.html(STYLE)
