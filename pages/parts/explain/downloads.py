"""An explanation to take along: as a picture, as numbers, or as a document that needs nothing else."""

import streamlit as st

from mlcore.explanation.render import html, overlay


def downloads(found, subject, strength: float, key: str) -> None:
    """Three small buttons; the files are made when one of them is pressed."""
    name = f"{found.method}-{found.class_name}"
    kinds = {
        "PNG": (lambda: overlay.png(found, strength), "image/png", "The map over the picture"),
        "NPY": (lambda: overlay.npy(found.heat), "application/octet-stream", "The heat as numbers (H, W), for NumPy"),
        "HTML": (
            lambda: document([found], subject, strength),
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


def document(found: list, subject, strength: float) -> str:
    """The explanations of one picture as a self-contained document."""
    prediction = subject.prediction
    facts = {
        "Picture": subject.chosen.name,
        "Its pixels (SHA-256)": subject.chosen.picture.sha256,
        "Model": f"{subject.card.title} ({subject.card.id})",
        "Answer": f"{prediction.best_name}, {prediction.confidence:.1%}",
    }
    settings = {each.method: ", ".join(f"{name} {value}" for name, value in each.settings.items()) for each in found}
    facts |= {f"Settings of {method}": values for method, values in settings.items() if values}
    return html.page(f"Why {prediction.best_name}?", found, facts, strength)
