"""What the theme can't set: text in the primary colour on a dark page, and wide tables on a small phone.

A primary colour can't both carry white text on buttons (luminance at most 0.183) and be text on the dark page (at least
0.21). Ours carries the buttons; where Streamlit writes in it, the dark page gets a lighter blue (7:1 and more). A table
in a text scrolls by itself, so that the page needn't. The way
to a result floats and takes no place.
"""

import streamlit as st

WRITTEN = '.stButtonGroup [data-selected="true"], .stSlider [data-testid="stSliderThumbValue"]'
STYLE = f"""<style>
{WRITTEN} {{ color: light-dark(#1D4ED8, #93C5FD) !important; }}
.stMarkdown:has(table) {{ overflow-x: auto; }}
[class*="-into_view"] {{ position: absolute; }}
[class*="-into_view"] [data-testid="stSkeleton"] {{ display: none; }}
:has(> [class*="-strut"]) {{ min-width: 0 !important; width: 0 !important; }}
</style>"""


def apply() -> None:
    """Set it; the first thing on every page."""
    st.html(STYLE)
