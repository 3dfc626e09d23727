"""What the theme can't set: text in the primary colour on a dark page, wide tables on a small phone, groups of pages.

A primary colour can't both carry white text on buttons (luminance at most 0.183) and be text on the dark page (at least
0.21). Ours carries the buttons; where Streamlit writes in it, the dark page gets a lighter blue (7:1 and more). A table
in a text scrolls by itself, so that the page needn't. A picture with a button or a link below it is part of that: what
is pressed reaches over both, so that there is one name, one stop for the keyboard and one outline. The way to a result
floats and takes no place, nor does what holds a place open.

The navigation is one list with the names of its groups between the pages: the groups that Streamlit draws put pages
beside the list, which axe-core refuses (its rule `listitem`).
"""

from pathlib import Path

import streamlit as st


def apply() -> None:
    """Set it; the first thing on every page."""
    st.html(Path(__file__).with_name("style.css"))
