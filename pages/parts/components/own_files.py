"""A component of our own: its HTML, CSS and JavaScript lie beside this file."""

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent


def component(name: str, *scripts: str) -> Any:
    """The component made of `name.html`, `name.css` and `name.js`, of those there are, after the `scripts` it needs."""
    files = {kind: HERE / f"{name}.{kind}" for kind in ("html", "css", "js")}
    texts: dict[str, Any] = {kind: file.read_text(encoding="utf-8") for kind, file in files.items() if file.exists()}
    if scripts:
        shared = [(HERE / f"{script}.js").read_text(encoding="utf-8") for script in scripts]
        texts["js"] = "".join([*shared, texts["js"]])
    return st.components.v2.component(f"vitrine_{name}", **texts)
