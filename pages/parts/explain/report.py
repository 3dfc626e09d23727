"""Which attribution methods to trust with a model: the report on faithfulness, and the way to make it."""

import plotly.graph_objects as go
import streamlit as st

from mlcore import data, jobs, library
from mlcore.explanation import judge
from mlcore.explanation.judge.store import network
from pages.parts import charts, formatting, gallery, shell
from pages.parts.layout import table
from pages.parts.runs import progress
from pages.parts.trouble import trouble


def report_table(report, key: str = "report") -> None:
    """Which methods to trust with a model: one sentence, a chart of the gains, and the numbers."""
    st.write(formatting.plain(report.sentence))
    gains(report, f"{key}.gains")
    rows = [_row(row) for row in report.rows]
    options = {"column_config": COLUMNS, "placeholder": "–", "alt": report.sentence}
    table(rows, f"{key}.rows", "methods.csv", **options)
    for name, reason in report.skipped.items():
        st.caption(formatting.plain(f"{name} was left out: {reason}"))
    st.caption(
        "Gains are percentage points of probability beyond random maps of the same grain, with 95\u00a0% intervals "
        "over pictures. The maps that never saw the network show how far one gets by guessing where objects mostly are."
    )


def gains(report, key: str) -> None:
    """The gain over random maps of each method with its interval; right of the line is better."""
    figure = go.Figure(layout={"showlegend": False})
    figure.add_vline(x=0, line={"dash": "dot", "color": "#94A3B8"})
    for blind, color in ((False, None), (True, "#94A3B8")):
        rows = [row for row in report.rows if row.blind == blind]
        figure.add_scatter(
            x=[100 * row.gain.value for row in rows],
            y=[formatting.label(row.title) for row in rows],
            error_x={"array": [100 * (row.gain.high - row.gain.value) for row in rows], "symmetric": True},
            mode="markers",
            marker={"color": color, "size": 9},
            customdata=[row.gain.n for row in rows],
            hovertemplate="%{y}: %{x:.1f} points over %{customdata} pictures<extra></extra>",
        )
    figure.update_xaxes(title="Gain (percentage points)", fixedrange=True, zeroline=False)
    order = [formatting.label(row.title) for row in report.rows]
    figure.update_yaxes(categoryorder="array", categoryarray=order[::-1], fixedrange=True, automargin=True)
    figure.update_layout(height=90 + 26 * len(order), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    charts.show(figure, key, f"Gains of methods over random maps with their intervals. {report.sentence}")


def _row(row) -> dict:
    alike = {name: getattr(row, each) for name, each in LIKENESSES.items()}
    return {
        "Method": row.title,
        "In words": "Never saw the network." if row.blind else row.words,
        "Taking away": _points(row.deletion_gain),
        "Bringing back": _points(row.insertion_gain),
        "Wins": 100 * row.wins.value,
        **{name: likeness.value if likeness else None for name, likeness in alike.items()},
        "Pictures": row.gain.n,
        "Seconds": row.seconds,
    }


def _points(gain) -> str:
    return f"{100 * gain.value:+.1f} ({100 * gain.low:+.1f} to {100 * gain.high:+.1f})"


LIKENESSES = {"Random weights": "randomisation", "Noise": "stability", "Seed": "seeds", "Effect": "fidelity"}
COLUMNS = {
    "Taking away": st.column_config.TextColumn(help="How much sooner the class is lost than with random maps"),
    "Bringing back": st.column_config.TextColumn(help="How much sooner the class is found than with random maps"),
    "Wins": st.column_config.NumberColumn(
        format="%.0f\u00a0%%", help="Share of pictures where both gains together are above 0"
    ),
    "Random weights": st.column_config.NumberColumn(
        format="%.2f", help="Rank correlation with maps of networks of random weights; near 0 is good"
    ),
    "Noise": st.column_config.NumberColumn(format="%.2f", help="Rank correlation under a little noise; near 1 is good"),
    "Seed": st.column_config.NumberColumn(format="%.2f", help="Rank correlation with another seed; near 1 is good"),
    "Effect": st.column_config.NumberColumn(
        format="%.2f", help="Correlation of the heat in random regions with what hiding them costs; near 1 is good"
    ),
    "Seconds": st.column_config.NumberColumn(format="%.3f", help="Time for one map, median"),
}


def report_section(card) -> None:
    """The report of a model when there is one, its progress while it is made, and the way to make it."""
    running = next((run for run in jobs.about("explanation-report", card.id) if progress.is_active(run)), None)
    classifier = library.open_classifier(card.id)
    report = judge.load(classifier)
    if report:
        report_table(report)
        if report.data not in ("", card.data):
            st.caption(
                f"The pictures are test pictures of the data set {formatting.plain(report.data)}, whatever their "
                "classes: what was explained are this model's own answers."
            )
        if report.network != network(classifier):
            st.warning("The model has changed since this report was made; make it anew.")
    if running:
        progress.live(running.id)
    else:
        _offer(card, report)


def _offer(card, report) -> None:
    if not gallery.is_stored(card.data):
        what = "Making it anew" if report else "A report"
        st.caption(f"{what} needs the test pictures of this model, which aren't on this machine.")
        if any(summary.name == card.data for summary in data.all()):
            st.page_link(shell.path("data"), label="Add the data set", icon=":material/arrow_forward:")
        return
    if not report:
        st.write("Which methods can be believed with this model? A report compares them all with random maps.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input("Test pictures", 10, 10_000, 100, 10, key="report.pictures", width=160)
        st.button(
            "Make the report anew" if report else "Make the report",
            key="report.start",
            icon=":material/fact_check:",
            on_click=_start,
            args=(card,),
            help="Goes on in the background; slow methods get a quarter of the pictures.",
        )


def _start(card) -> None:
    with trouble("Starting the report"):
        pictures = int(st.session_state["report.pictures"])
        settings = {"model": card.id, "pictures": pictures, "slow_pictures": max(2, pictures // 4)}
        jobs.start_task("explanation-report", settings, f"Report on explanations: {card.title}")
