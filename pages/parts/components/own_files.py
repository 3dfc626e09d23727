"""A component of our own: its HTML, CSS and JavaScript lie beside this file."""

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent


def component(name: str) -> Any:
    """The component made of `name.html`, `name.css` and `name.js`, of those there are."""
    files = {kind: HERE / f"{name}.{kind}" for kind in ("html", "css", "js")}
    texts: dict[str, Any] = {kind: file.read_text(encoding="utf-8") for kind, file in files.items() if file.exists()}
    return st.components.v2.component(f"vitrine_{name}", **texts)
