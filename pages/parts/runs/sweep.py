"""Sweeps (hyperparameter search) on screen: what to vary, and what came of it."""

import streamlit as st

from mlcore import architectures, settings
from mlcore.jobs import sweeps
from mlcore.jobs.sweeps import Method
from mlcore.recipe import Training
from pages.parts import formatting, pick, shell
from pages.parts.formatting import title_in
from pages.parts.layout import table
from pages.parts.runs import axis, parallel_coordinates, progress
from pages.parts.trouble import trouble

METHODS: dict[Method, str] = {
    "random": "Draw at random (random search)",
    "tpe": "Learn from the runs so far (TPE)",
    "grid": "Try every combination (grid search)",
}


def form(recipe) -> None:
    """Choose what to vary around a recipe, and start."""
    with st.expander("Try several settings (hyperparameter search)", key="sweep.fold", on_change="rerun") as fold:
        if not fold.open:
            return
        specs = _settings(recipe)
        chosen = st.multiselect(
            "Settings to vary",
            list(specs),
            format_func=lambda key: specs[key].label,
            key="sweep.keys",
            persist_state="session",
            placeholder="Choose settings",
        )
        vary = [f"{key}={axis.text(key, specs[key])}" for key in chosen]
        left, right = st.columns(2)
        with left:
            method = st.selectbox(
                "How to choose",
                list(METHODS),
                format_func=title_in(METHODS),
                key="sweep.method",
                persist_state="session",
            )
        with right:
            text = "At the most; a grid ends when every combination was tried"
            runs = st.number_input("Runs", 2, sweeps.MOST, 10, key="sweep.runs", help=text, persist_state="session")
        if st.button("Start sweep", key="sweep.start", disabled=not vary or any(text.endswith("=") for text in vary)):
            with trouble("Starting the sweep"):
                begun = sweeps.begin(recipe, vary, method, int(runs))
                st.switch_page(shell.path("runs"), query_params={"sweep": begun.id})


def _settings(recipe) -> dict:
    """The settings that can vary, by the name that a recipe has for them."""
    own = settings.fields(architectures.shelf.get(recipe.architecture).settings)
    fields = {f"settings.{spec.name}": spec for spec in own} | {
        f"training.{spec.name}": spec for spec in settings.fields(Training) if spec.name != "devices"
    }
    return {key: spec for key, spec in fields.items() if spec.type in ("integer", "number", "choice", "flag")}


def results(runs: list) -> None:
    """The sweep that was picked: its members in a table and as lines through their settings."""
    listed = {sweep.id: sweep for sweep in sweeps.all()}
    if not listed:
        return
    st.subheader("Sweeps", anchor=False)
    sweep = listed[pick.one("Sweep", {id: sweep.title for id, sweep in listed.items()}, "sweep")]
    members = sweeps.members(sweep, runs)
    best = sweeps.best(members)
    done = sum(member.run.state == "done" for member in members)
    st.text(f"{done} of {formatting.count(sweep.runs, 'run')} finished" + (", stopped" if sweep.stopped else ""))
    if reason := sweeps.halted(sweep):
        st.warning(formatting.plain(reason))
    if best and best.score is not None:
        said = ", ".join(f"{_name(key)} {_value(value)}" for key, value in best.values.items())
        right = f"right in {formatting.percent(best.score)} of the validation pictures"
        st.success(formatting.plain(f"Best so far: {said}, {right}."))
        st.caption(formatting.plain(sweeps.caveat(members)))
    _table(sweep, members)
    scored = [(member.values, member.score) for member in members if member.score is not None]
    if len(scored) > 1:
        axes = {_name(each.key): (each, [values[each.key] for values, _ in scored]) for each in sweep.axes}
        parallel_coordinates.lines(axes, [score for _, score in scored], "sweep.lines")
    active = any(progress.is_active(member.run) for member in members) and not sweep.stopped
    st.button(
        "Stop the sweep",
        key="sweep.stop",
        icon=":material/stop:",
        disabled=not active,
        on_click=progress.do,
        args=(sweeps.stop, sweep.id),
    )


def _table(sweep, members) -> None:
    rows = [
        {
            "Run": member.run.title,
            **{_name(key): _value(value) for key, value in member.values.items()},
            "State": progress.state(member.run),
            "Validation accuracy": member.score,
        }
        for member in sorted(members, key=lambda member: -(member.score or -1))
    ]
    share = st.column_config.ProgressColumn("Validation accuracy", format="percent", min_value=0, max_value=1)
    table(
        rows,
        "sweep.table",
        "sweep.csv",
        column_config={"Validation accuracy": share},
        alt=f"Table of the {len(rows)} runs of the sweep, the best first",
    )


def _name(key: str) -> str:
    return key.rpartition(".")[2].replace("_", " ").capitalize()


def _value(value) -> str:
    """A value of a setting as a person reads it."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return formatting.decimal(value, 4) if number else formatting.choice_words(value)
