"""A map over its picture: the browser lays them over one another, so that another strength shows at once.

The maps of classes that a person may choose next can be put beside the page; then another class shows at once, too.
"""

from pathlib import Path

import streamlit as st

from mlcore.explanation.render import overlay
from pages.parts.components.data_url import address

HERE = Path(__file__).parent


def _component(name: str):
    files = {kind: HERE / f"{name}.{kind}" for kind in ("html", "css", "js")}
    given = {kind: file.read_text(encoding="utf-8") for kind, file in files.items() if file.exists()}
    return st.components.v2.component(f"vitrine_{name}", **given)


_map, _aside = _component("overlay"), _component("aside")


def laid_over(found, strength: float, alt: str, key: str, about: str = "", signed=None, top: float | None = None):
    """Draw a map at a strength from 0 to 1; `about` is what it has in common with the maps that are put aside."""
    picture, grey, heat = overlay.layers(found, signed, top)
    parts = {"picture": address(picture), "grey": address(grey), "heat": address(heat)}
    smooth = found.coarse and found.picture.ndim == 3
    words = {"about": about, "shown": found.class_name, "alt": alt}
    _map(key=key, data={**parts, **words, "smooth": smooth, "strength": strength})


def aside(found: dict[str, list], key: str) -> None:
    """Keep maps at hand in the browser: {about: explanations of one method for several classes}."""
    heats = {about: {each.class_name: address(overlay.layers(each)[2]) for each in all} for about, all in found.items()}
    _aside(key=key, data=heats)
