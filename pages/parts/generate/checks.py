"""Checks of a generator in training: variety (mode collapse), classes recognised, the critic's scores."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from mlcore.events import SamplesChecked
from pages.parts import charts

BINS = 24
SHARES = {
    "Variety of all pictures": "variety",
    "Variety within the least varied class": "least_variety",
    "Class recognised": "right",
}
SHARES_HELP = (
    "Variety is how far made pictures are from each other, over how far real ones are: below 25\u00a0% they are nearly "
    "all alike. The class is recognised by a quick judge that learned from real pictures."
)
SCORES_HELP = "The more the two heaps overlap, the less the critic can tell made pictures from real ones."


def draw(events: list) -> None:
    """The charts of the looks so far; nothing before the first."""
    samples = sorted({e.step: e for e in events if isinstance(e, SamplesChecked)}.values(), key=lambda e: e.step)
    if not samples:
        return
    charts.show(*scores(samples[-1]))
    st.caption(SCORES_HELP)
    lines = {title: curve for title, field in SHARES.items() if (curve := _curve(samples, field))}
    if len(samples) > 1 and lines:
        charts.curves(lines, "Steps", "Share", "looks.shares", percent_axis=True)
        st.caption(SHARES_HELP)


def _curve(samples: list[SamplesChecked], field: str) -> tuple[list[int], list[float]] | None:
    points = [(each.step, getattr(each, field)) for each in samples if getattr(each, field) is not None]
    return ([step for step, _ in points], [value for _, value in points]) if points else None


def scores(look: SamplesChecked) -> tuple[go.Figure, str, str]:
    """The critic's scores of some real and made pictures as two histograms: what `charts.show` takes first."""
    both = {"Real pictures": look.real_scores, "Made pictures": look.made_scores}
    edges = np.histogram_bin_edges(np.concatenate(list(both.values())), BINS)
    figure = go.Figure()
    for name, values in both.items():
        shares = np.histogram(values, edges)[0] / len(values)
        figure.add_bar(x=(edges[:-1] + edges[1:]) / 2, y=shares.astype("float32"), name=name, opacity=0.65)
    figure.update_layout(
        barmode="overlay",
        bargap=0,
        legend=charts.LEGEND,
        height=280,
        uirevision="looks.scores",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    figure.update_xaxes(title="Critic's score")
    figure.update_yaxes(title="Share of pictures", tickformat=".0%", rangemode="tozero")
    alt = (
        f"Histograms of the critic's scores after {look.step:,} steps: real pictures have "
        f"{np.mean(look.real_scores):.2f} on average, made ones {np.mean(look.made_scores):.2f}."
    )
    return figure, "looks.scores", alt
