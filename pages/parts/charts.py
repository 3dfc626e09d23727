"""Charts from plain numbers, confusion matrix and reliability diagram among them, in the theme's colours."""

import numpy as np
import pandas as pd  # noqa: F401 - Plotly asks sys.modules for it, where another page's thread may be half-way through it
import plotly.graph_objects as go
import streamlit as st

from pages.parts.formatting import decimal, label, percent, probability

POINTS = 500  # a curve of 5,000 points costs 7 times the bytes and looks the same
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
MUTED = "#94A3B8"  # slate: stands back behind the theme's colours on white and on dark
ROOMY = 0.4  # a bar of this probability has room for its label on a phone, too
RIGHT, WRONG = [[0, "#93C5FD"], [1, "#2563EB"]], [[0, "#FBBF24"], [1, "#B91C1C"]]  # seen on white and on dark
NUMBERED = 15  # classes; more leave no room for numbers in the cells
SHARES = {"minallowed": 0, "maxallowed": 1}  # an axis of shares never reaches beyond them
CONFIG = {"displaylogo": False, "displayModeBar": False}


def show(figure: go.Figure, key: str, alt: str, **options):
    """Draw a figure; `alt` says what it shows to those who can't see it."""
    if height := figure.layout.height:  # told to the page, it has its place before it is drawn
        options |= {"height": height}
    return st.plotly_chart(figure, key=key, alt=alt, config=CONFIG, **options)


def bars(names, probabilities, key: str) -> None:
    """The most likely classes as horizontal bars, the likeliest on top."""
    shares = np.asarray(probabilities, "float32") * 100
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=[label(name) for name in names],
            orientation="h",
            text=[probability(share) for share in probabilities],
            textposition=_places(probabilities),
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.2f}\u00a0%<extra></extra>",
        )
    )
    figure.update_xaxes(title="Probability (%)", range=[0, 101], dtick=20, fixedrange=True)
    figure.update_yaxes(title="Class", autorange="reversed", type="category", fixedrange=True, automargin=True)
    likely = "; ".join(f"{name} {probability(p)}" for name, p in zip(names, probabilities, strict=True))
    show(_compact(figure, 70 + 38 * len(names)), key, f"Bar chart of the most likely classes: {likely}.")


def _places(probabilities) -> list[str]:
    """Where the bars' labels stand: beside a short bar, within a long one, which may end at the chart's edge."""
    return ["inside" if share > ROOMY else "outside" for share in probabilities]


def shift(names, before, after, key: str) -> None:
    """Probabilities of the same classes before and after a change, as pairs of horizontal bars."""
    figure = go.Figure()
    labels = [label(name) for name in names]
    for title, shares in {"Before": before, "After": after}.items():
        values = np.asarray(shares, "float32") * 100
        texts = [probability(share) for share in shares]
        hover = f"%{{y}}, {title.lower()}: %{{x:.2f}}\u00a0%<extra></extra>"
        figure.add_bar(
            x=values,
            y=labels,
            name=title,
            orientation="h",
            text=texts,
            textposition=_places(shares),
            hovertemplate=hover,
            cliponaxis=False,
            marker_color=MUTED if title == "Before" else None,
        )
    figure.update_layout(barmode="group", legend=LEGEND, uirevision=key)
    figure.update_xaxes(title="Probability (%)", range=[0, 101], tickvals=[0, 20, 40, 60, 80, 100], fixedrange=True)
    figure.update_yaxes(title="Class", autorange="reversed", type="category", fixedrange=True, automargin=True)
    words = "; ".join(
        f"{n} {probability(b)} then {probability(a)}" for n, b, a in zip(names, before, after, strict=True)
    )
    show(_compact(figure, 110 + 52 * len(labels)), key, f"Bar chart of probabilities before and after: {words}.")


def curves(lines: dict, x_title: str, y_title: str, key: str, percent_axis: bool = False) -> None:
    """Lines over training; `lines` maps a name to (x, y), thinned to 500 points each."""
    show(*curve_figure(lines, x_title, y_title, key, percent_axis))


def curve_figure(
    lines: dict, x_title: str, y_title: str, key: str, percent_axis: bool = False, end: float = 0
) -> tuple:
    """What `curves` draws, as the first three arguments of `show`, for those who keep it; `end` is where x will end."""
    figure = go.Figure()
    for name, (x, y) in lines.items():
        x, y = thin(x, y)
        style = {"dash": "dot"} if name.endswith("(training)") else {}
        figure.add_scatter(x=x, y=y, name=label(name), mode="lines+markers" if len(x) < 30 else "lines", line=style)
    empty = not any(len(y) for _, y in lines.values())
    last = max((float(x[-1]) for x, _ in lines.values() if len(x)), default=0.0)
    figure.update_xaxes(title=x_title, range=[0, 1.02 * max(end, last, 1.0)])
    figure.update_yaxes(title=y_title, tickformat=".0%" if percent_axis else None, rangemode="normal")
    figure.update_yaxes(range=[0, 1] if empty else None, autorangeoptions=SHARES if percent_axis else None)
    figure.update_layout(uirevision=key, legend=LEGEND)
    said = percent if percent_axis else decimal
    ends = "; ".join(f"{name} ends at {said(float(y[-1]))}" for name, (_, y) in lines.items() if len(y))
    alt = f"Line chart of {y_title.lower()} by {x_title.lower()}: {ends or 'no points yet'}."
    return _compact(figure, 320), key, alt


def thin(x, y) -> tuple[np.ndarray, np.ndarray]:
    """At most 500 points of a curve, first and last among them, in small numbers."""
    x, y = np.asarray(x, "float32"), np.asarray(y, "float32")
    if len(x) <= POINTS:
        return x, y
    keep = np.linspace(0, len(x) - 1, POINTS).astype(int)
    return x[keep], y[keep]


def counts(splits: dict[str, dict[str, int]], key: str) -> None:
    """Pictures per class, stacked by split."""
    figure = go.Figure()
    for split, per_class in splits.items():
        figure.add_bar(x=[label(name) for name in per_class], y=list(per_class.values()), name=split)
    figure.update_layout(barmode="stack", legend=LEGEND | {"traceorder": "normal"})
    figure.update_xaxes(title="Class", type="category")
    figure.update_yaxes(title="Pictures")
    total = sum(sum(per_class.values()) for per_class in splits.values())
    show(_compact(figure, 320), key, f"Stacked bar chart of {total:,} pictures by class and split.")


def confusion(matrix, classes, key: str, **options):
    """Truth by answer: right answers in blue, mistakes from amber to red, nothing where there are none.

    A square marker on every cell makes the cells clickable.
    """
    matrix = np.asarray(matrix)
    names = [label(name) for name in classes]
    figure = go.Figure(_cells_of(matrix))
    rows, columns = np.indices(matrix.shape)
    figure.add_scatter(  # a heat map reports no clicks, markers do
        x=columns.ravel(),
        y=rows.ravel(),
        mode="markers",
        marker={"symbol": "square", "size": max(8, 300 // len(names)), "opacity": 0},
        customdata=[f"{names[c]} for {names[r]}: {matrix[r, c]:,}" for r, c in np.ndindex(matrix.shape)],
        hovertemplate="%{customdata}<extra></extra>",
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        showlegend=False,
    )
    ticks = {"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": names, "fixedrange": True}
    figure.update_xaxes(title="Answer", constrain="domain", showgrid=False, zeroline=False, **ticks)
    figure.update_yaxes(title="Truth", autorange="reversed", showgrid=False, zeroline=False, **ticks)
    figure.update_layout(dragmode=False, clickmode="event+select")
    right = int(np.trace(matrix))
    alt = f"Confusion matrix of {len(names)} classes: {right:,} of {int(matrix.sum()):,} pictures on the diagonal."
    return show(_compact(figure, 480), key, alt, **options)


def _cells_of(matrix: np.ndarray) -> list[go.Heatmap]:
    """The right answers and the mistakes of a confusion table, coloured by their share of the class."""
    shares = (matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)).astype("float32")
    right = np.eye(len(matrix), dtype=bool)
    few = len(matrix) <= NUMBERED
    return [
        go.Heatmap(
            z=np.where(shown & (matrix > 0), shares, np.nan),
            zmin=0,
            zmax=float(shares[shown].max(initial=0)) or 1.0,
            colorscale=scale,
            colorbar={"title": "Mistakes,<br>share of<br>the class", "tickformat": ".0%"},
            showscale=scale is WRONG and not few,
            text=np.where(shown & (matrix > 0), matrix.astype(str), "") if few else None,
            texttemplate="%{text}" if few else None,
            hoverinfo="skip",
            hoverongaps=False,
        )
        for shown, scale in ((right, RIGHT), (~right, WRONG))
    ]


def reliability(before, after, key: str) -> None:
    """How often the model is right at each level of confidence; the diagonal is honest."""
    figure = go.Figure(go.Scatter(x=[0, 1], y=[0, 1], mode="lines", name="Perfectly honest", line={"dash": "dot"}))
    for name, bins in {"As trained": before, "Calibrated": after}.items():
        x = np.asarray([each.confidence for each in bins], "float32")
        y = np.asarray([each.accuracy.value for each in bins], "float32")
        figure.add_scatter(x=x, y=y, name=name, mode="lines+markers")
    figure.update_xaxes(title="Confidence", tickformat=".0%", range=[0, 1.02], fixedrange=True)
    figure.update_yaxes(title="Share that was right", tickformat=".0%", range=[0, 1.02], fixedrange=True)
    figure.update_layout(legend=LEGEND)
    show(_compact(figure, 380), key, "Reliability diagram: share of right answers by confidence, before and after.")


def _compact(figure: go.Figure, height: int) -> go.Figure:
    return figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8})
