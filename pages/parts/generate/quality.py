"""How good a generator is: Fréchet distance, precision, recall and more, each beside its floor and top."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from mlcore import jobs, library
from mlcore.generation.measure import store
from mlcore.intervals import Interval
from pages.parts import charts, formatting, gallery, pick, shell
from pages.parts.layout import metrics
from pages.parts.runs import progress
from pages.parts.trouble import trouble

TASK = "measure-generator"
DISTANCES = {
    "Fréchet": "How far made pictures are from real ones as two clouds of features. It falls with the number of "
    "pictures: compare only at the same number, and with the same classifier.",
    "Floor": "The same distance between real test and real training pictures: hardly any can be expected to be lower.",
    "Noise": "The same distance between real pictures and random pixels.",
    "Closeness": "Where the distance lies between the best that is made without learning (0\u00a0%: noise, black, the "
    "mean picture, ten pictures over and over) and the floor (100\u00a0%). Reports of older versions don't tell it.",
    "Kernel distance": "Another distance (squared MMD, cubic kernel); around 0 for pictures of one source, whatever "
    "their number.",
    "Precision": "Share of made pictures that lie among real ones: do they look real?",
    "Recall": "Share of real pictures that lie among made ones: is everything there that could be?",
    "Density": "How crowded with real pictures the places are where made ones lie; about 1 for real pictures.",
    "Coverage": "Share of real pictures with a made one close by.",
}
HELPS = {
    "Class recognised": "Share of made pictures in which the classifier sees the class that was asked for, with its "
    "95\u00a0% interval.",
    "Classes present": "Classes with at least a fifth of the share that they have among real pictures.",
    "Shares apart": "How far the shares of the classes are from the real ones: 0\u00a0% is the same, 100\u00a0% "
    "nothing shared.",
    "Memorisation": "How far made pictures are from the nearest training picture, over how far unseen real ones are. "
    "0: copies. About 1 or more: as new as unseen ones. Pictures without detail may lie in "
    "between, too, as they are near to all others.",
}


def panel(generator) -> None:
    """The button that measures, the run that does, and what was report last."""
    runs = jobs.about(TASK, generator.card.id)
    run = runs[0] if runs else None
    if run and progress.is_active(run):
        progress.live(run.id)
    else:
        _form(generator)
        if run and run.state in ("failed", "interrupted"):
            st.error(formatting.plain(run.message))
    report = store.load(generator.card.id, [library.folder(run.id) for run in runs])
    if report:
        with trouble("Showing the figures"):
            figures(report)


def _form(generator) -> None:
    if not gallery.is_stored(generator.card.data):
        st.caption("Measuring compares with the data set that it was trained on, which isn't on this machine.")
        st.page_link(shell.path("data"), label="Add the data set", icon=":material/arrow_forward:")
        return
    left, right = st.columns(2)
    with left:
        text = "A classifier of the same classes adds its view; without one, pixels alone are compared"
        judge = pick.classifier_for(generator.card, "Classifier", "measure.classifier", text, same=True)
    with right:
        count = st.number_input(
            "Pictures on each side", 100, 20_000, 2000, 100, key="measure.n", persist_state="session"
        )
    if judge is None:
        st.caption("No classifier of these classes is in the library, so pictures are compared by their pixels alone.")
    settings = {"model": generator.card.id, "classifier": judge.id if judge else "", "n": int(count or 2000)}
    st.button(
        "Measure",
        key="measure.start",
        type="primary",
        icon=":material/straighten:",
        on_click=_start,
        args=(settings, generator.card.title),
    )


def _start(settings: dict, title: str) -> None:
    with trouble("Starting"):
        jobs.start_task(TASK, settings, f"Measuring {title}")


def figures(report: dict) -> None:
    """All that was measured, as `measured.load` gives it."""
    st.caption(f"Measured with {report['n']:,} made pictures beside as many real ones that training never saw.")
    for space in report["spaces"]:
        _space(space, report)
    st.subheader("Classes and copies", anchor=False)
    answers: dict[str, Any] | None = report["seen"]
    values: dict[str, str] = {}
    if answers:
        accuracy = Interval.from_json(answers["accuracy"])
        values = {
            "Class recognised": formatting.percent(accuracy.value),
            "Classes present": f"{answers['present']} of {len(report['names'])}",
            "Shares apart": formatting.percent(answers["apart"]),
        }
    metrics(values | {"Memorisation": f"{report['memorisation']:.2f}"}, HELPS)
    if answers:
        share = f"{accuracy.text()}, with 95\u00a0% confidence"
        st.caption(formatting.plain(f"{report['classifier']} sees the class that was asked for in {share}."))
        _shares(report)
        _diversity(report)


def _space(space: dict, report: dict) -> None:
    own = space["name"] == report["classifier"]
    name = f"classifier {space['name']}" if own else space["name"].replace(" (", ", ").rstrip(")")
    st.subheader(formatting.plain(f"Fréchet distance ({name})"), anchor=False)
    covered = {name.capitalize(): f"{value:.2f}" for name, value in space["coverage"].items()}
    values = {
        "Fréchet": _short(space["frechet"]),
        "Floor": _short(space["floor"]),
        "Noise": _short(space["noise"]),
        "Closeness": formatting.percent(report["closeness"][space["name"]] if "nothing" in space else None),
        "Kernel distance": _short(space["kernel"]),
    }
    metrics(values, DISTANCES)
    metrics(covered, DISTANCES)


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _shares(report: dict) -> None:
    """Shares of the classes that a classifier sees in made pictures, beside those of real ones."""
    st.subheader("Shares of the classes", anchor=False)
    figure, names = go.Figure(), [formatting.label(name) for name in report["names"]]
    for title, shares in {"Real": report["real_shares"], "Made": report["seen"]["shares"]}.items():
        figure.add_bar(x=names, y=shares, name=title, marker_color=charts.MUTED if title == "Real" else None)
    figure.update_layout(barmode="group", legend=charts.LEGEND, height=300, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    figure.update_xaxes(title="Class", type="category", fixedrange=True)
    figure.update_yaxes(title="Share of pictures", tickformat=".0%", fixedrange=True)
    charts.show(figure, "measures.shares", "Bar chart of the share of each class among real and made pictures.")


def _diversity(report: dict) -> None:
    """How much made pictures of a class differ from each other, over how much real ones do."""
    varieties = zip(report["names"], report["seen"]["diversity"], strict=True)
    measured = [(name, value) for name, value in varieties if value]
    if not measured:
        return
    st.subheader("Variety within a class", anchor=False)
    st.caption("How far made pictures of a class are from each other, over how far real ones are: 1 is as varied.")
    names, values = [formatting.label(name) for name, _ in measured], [value for _, value in measured]
    figure = go.Figure(go.Bar(x=names, y=values))
    figure.add_hline(y=1, line={"dash": "dot", "color": charts.MUTED})
    figure.update_layout(height=280, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    figure.update_xaxes(title="Class", type="category", fixedrange=True)
    figure.update_yaxes(title="Variety (real pictures: 1)", fixedrange=True, rangemode="tozero")
    least = min(measured, key=lambda each: each[1])
    charts.show(figure, "measures.diversity", f"Bar chart of variety by class; least for {least[0]}, {least[1]:.2f}.")
