"""An explanation to take along: as a picture, as numbers, or as a document that needs nothing else."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from mlcore.explanation.render import html, overlay


def downloads(explanation, subject, strength: float, key: str) -> None:
    """Three small buttons; the files are made when one of them is pressed."""
    name = f"{explanation.method}-{explanation.class_name}"
    kinds: dict[str, tuple[Callable[[], str | bytes], str, str]] = {
        "PNG": (lambda: overlay.png(explanation, strength, view=subject.view), "image/png", "The map over the picture"),
        "NPY": (
            lambda: overlay.npy(explanation.heat),
            "application/octet-stream",
            "The heat as numbers (H, W), for NumPy",
        ),
        "HTML": (
            lambda: document([explanation], subject, strength),
            "text/html",
            "Map, settings and measures in one small file",
        ),
    }
    with st.container(horizontal=True, gap="xsmall"):
        for kind, (make, mime, help) in kinds.items():
            st.download_button(
                kind,
                make,
                f"{name}.{kind.lower()}",
                mime,
                key=f"{key}.{kind.lower()}",
                on_click="ignore",
                help=help,
                type="tertiary",
            )


def document(explanations: list, subject, strength: float) -> str:
    """The explanations of one picture as a self-contained document."""
    prediction = subject.prediction
    facts = {
        "Picture": subject.chosen.name,
        "Its pixels (SHA-256)": subject.chosen.picture.sha256,
        "Model": f"{subject.card.title} ({subject.card.id})",
        "Answer": f"{prediction.best_name}, {prediction.confidence:.1%}",
    }
    settings = {each.method: each.settings for each in explanations if each.settings}
    facts |= {f"Settings of {method}": _line(values) for method, values in settings.items()}
    return html.page(f"Why {prediction.best_name}?", explanations, facts, strength)


def _line(settings: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items())
