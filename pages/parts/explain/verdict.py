"""Whether to believe a map: its verdict with reasons, and the deletion and insertion curves behind it."""

from typing import Literal

import plotly.graph_objects as go
import streamlit as st

from pages.parts import charts, formatting

Colour = Literal["green", "gray", "orange"]

LOOKS: dict[str, tuple[str, Colour, str]] = {
    "believe": ("Believe it", "green", ":material/verified:"),
    "unclear": ("Unclear", "gray", ":material/help:"),
    "looks nice": ("Looks nice, no more", "orange", ":material/palette:"),
}
NAMES = {"faithfulness": "Better than random maps", "randomisation": "Needs the trained network"}
NAMES |= {"stability": "Stays under a little noise", "seeds": "Stays with another seed"}
HEIGHT = 260


def badge(grade, key: str = "judge") -> None:
    """The verdict on one map with its reasons; the curves and numbers behind it are folded away."""
    label, color, icon = LOOKS[grade.verdict]
    st.badge(label, color=color, icon=icon)
    st.caption(formatting.plain(grade.reasons))
    with st.popover("How it was tested", key=f"{key}.tested"):
        tested(grade, key)


def tested(grade, key: str) -> None:
    """Both curves beside random maps, and what each check found."""
    name = formatting.plain(grade.class_name)
    if grade.deletion:
        st.write("Places are taken away, the strongest first. The sooner the line falls, the better the map.")
        curve(grade.deletion, "Share taken away", grade.class_name, f"{key}.deletion")
    if grade.insertion:
        st.write("Places are brought back into the blurred picture, the strongest first. Sooner up is better.")
        curve(grade.insertion, "Share brought back", grade.class_name, f"{key}.insertion")
    passed = {check: grade.passed[check] for check in NAMES if check in grade.passed}
    rows = [
        {"Check": NAMES[check], "Passed": good, "Measured": _measured(grade, check)} for check, good in passed.items()
    ]
    st.dataframe(rows, hide_index=True, key=f"{key}.checks", alt=f"Checks of the map for {name}: {grade.sentence}")
    if grade.fidelity and grade.fidelity.value is not None:
        bounds = f"{grade.fidelity.low:.2f} to {grade.fidelity.high:.2f}"
        st.caption(
            f"Hiding random regions: their heat and what hiding them costs correlate by {grade.fidelity.value:.2f} "
            f"({bounds}); 1 would be perfect. This isn't part of the verdict."
        )


def curve(course, x_title: str, class_name: str, key: str) -> None:
    """The probability along one way of exchanging places, over the band of random maps."""
    shares = [round(share, 4) for share in course.shares]
    figure = go.Figure()
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(x=shares, y=course.random_high, **edge)
    band = edge | {"showlegend": True, "name": "19 of 20 random maps", "fill": "tonexty"}
    figure.add_scatter(x=shares, y=course.random_low, fillcolor="rgba(148, 163, 184, 0.35)", **band)
    muted = {"color": "#94A3B8", "dash": "dot"}  # slate: reads on white and on dark
    figure.add_scatter(x=shares, y=course.random_mean, name="Random maps on average", mode="lines", line=muted)
    figure.add_scatter(x=shares, y=course.values, name="This map", mode="lines+markers")
    figure.update_xaxes(title=x_title, tickformat=".0%", range=[0, 1.02], fixedrange=True)
    y_title = f"Probability of {formatting.label(class_name)}"
    figure.update_yaxes(title=y_title, tickformat=".0%", range=[0, 1.02], fixedrange=True)
    figure.update_layout(legend=charts.LEGEND, height=HEIGHT, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    own, random = formatting.percent(course.area), formatting.percent(course.random.value)
    area = f"{own} on average for this map, {random} for random maps"
    charts.show(figure, key, f"Line chart of the probability of {class_name} by {x_title.lower()}: {area}.")


def _measured(grade, check: str) -> str:
    if check == "faithfulness":
        return f"better than {grade.faithfulness.beaten} of {grade.faithfulness.random.n} random maps"
    likeness = getattr(grade, check)
    return f"rank correlation {likeness.value:.2f} with {formatting.count(likeness.n, 'map')}"
