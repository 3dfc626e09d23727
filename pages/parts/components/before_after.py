"""Two pictures of one size, one over the other, with a slider between them."""

from pathlib import Path

import numpy as np
import streamlit as st

from pages.parts.components.data_url import address, reference

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "vitrine_before_after",
    **{kind: (HERE / f"before_after.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")},
)


def before_after(before: np.ndarray, after: np.ndarray, key: str, alt: str, start: int = 50) -> None:
    """Lay one picture uint8 (H, W, 3) over another; the slider works by mouse, finger and keys.

    It begins with `start` percent of the picture as it was before, and stays where a person left it while the
    picture before is the same.
    """
    _component(
        key=key,
        data={
            "before": address(before),
            "reference": reference(before),
            "start": start,
            "after": address(after),
            "before_alt": f"{alt}, before",
            "after_alt": f"{alt}, after",
        },
    )
