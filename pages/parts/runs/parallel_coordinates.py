"""Parallel coordinates of a sweep: each run is a line through its hyperparameters, coloured by its score."""

import math

import plotly.graph_objects as go

from pages.parts import charts
from pages.parts.formatting import decimal, label, percent

TICKS = 5
SCALE = [[0, "#94A3B8"], [0.6, "#60A5FA"], [1, "#2563EB"]]  # slate to blue: seen on white and on dark


def lines(axes: dict, scores: list[float], key: str) -> None:
    """`axes` maps a name to (sweeps.Axis, the value of each run); `scores` are shares, one for each run."""
    dimensions = [_dimension(name, axis, values) for name, (axis, values) in axes.items()]
    low, high = min(scores), max(scores)
    dimensions.append({"label": "Validation accuracy", "values": scores, "tickformat": ".1%"})
    figure = go.Figure(
        go.Parcoords(
            dimensions=dimensions,
            line={"color": scores, "colorscale": SCALE, "cmin": low, "cmax": max(high, low + 1e-6)},
            labelfont={"size": 14},
            tickfont={"size": 12},
            rangefont={"size": 1, "color": "rgba(0,0,0,0)"},  # the ends are ticks already
        )
    )
    figure.update_layout(height=360, margin={"l": 60, "r": 60, "t": 60, "b": 24})
    names = ", ".join(axes)
    alt = f"{len(scores)} runs as lines through {names}; accuracy from {percent(low)} to {percent(high)}."
    charts.show(figure, key, alt)


def _dimension(name: str, axis, values: list) -> dict:
    if axis.values:
        places = [axis.values.index(value) for value in values]
        ticks = list(range(len(axis.values)))
        return _with_ticks(name, places, ticks, [label(value) for value in axis.values])
    if not axis.log:
        return {"label": label(name), "values": values, "range": [axis.low, axis.high]}
    points = [axis.low * (axis.high / axis.low) ** (step / (TICKS - 1)) for step in range(TICKS)]
    powers = [math.log10(value) for value in values]
    return _with_ticks(name, powers, [math.log10(point) for point in points], [decimal(point, 2) for point in points])


def _with_ticks(name: str, values: list, ticks: list, texts: list[str]) -> dict:
    ends = [min(ticks), max(ticks) if len(ticks) > 1 else min(ticks) + 1]
    return {"label": label(name), "values": values, "tickvals": ticks, "ticktext": texts, "range": ends}
