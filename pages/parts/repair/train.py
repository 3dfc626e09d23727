"""A repair network of one's own: data, preset, what it will take, and how far those in training are."""

import streamlit as st

from mlcore import data, jobs
from mlcore.progress import Progress
from mlcore.repair import presets
from mlcore.repair.estimate import RepairEstimate, estimate
from mlcore.repair.settings import RepairSettings
from mlcore.settings import read
from pages.parts import background, formatting, pick, shell
from pages.parts.form import fill, form
from pages.parts.formatting import title_in
from pages.parts.trouble import trouble

PREFIX = "repair.settings"
IRRELEVANT = {"steps", "minutes", "seed", "learning_rate", "momentum", "flip"}  # for the time of a step


def train() -> None:
    """Data and preset on top, the settings folded away, the estimate, and what is under way."""
    st.write("A network that has seen many pictures of a kind fills holes with what such pictures have there.")
    stored = pick.distinct({one.name: one.title for one in data.all() if one.stored and len(one.shape) == 3})
    if not stored:
        st.page_link(shell.path("data"), label="Add a data set first", icon=":material/arrow_forward:")
        return
    plan = _plan(stored)
    st.button("Start training", key="repair.start", type="primary", on_click=_start, args=(plan, stored[plan.data]))
    st.fragment(_estimated)(plan)
    for run in jobs.all():
        if run.kind == "repair" and (run.live or run.state == "queued"):
            st.progress(run.progress, text=formatting.plain(f"{run.title}: {formatting.percent(run.progress, 0)}"))
    st.page_link(shell.path("runs"), label="All runs", icon=":material/list_alt:")


def _plan(stored: dict[str, str]) -> RepairSettings:
    """The settings as chosen: those of the preset unless a person changed them."""
    left, right = st.columns(2)
    name = left.selectbox("Data set to learn from", list(stored), format_func=title_in(stored), key="repair.data")
    titles = {each.name: each.title for each in presets.PRESETS.values()}
    with right:
        preset = st.segmented_control(
            "How long", list(titles), default="usual", format_func=title_in(titles), key="repair.preset", required=True
        )
    st.caption(formatting.plain(presets.PRESETS[preset].summary))
    if st.session_state.get("repair.drafted") != (name, preset):
        fill(RepairSettings, PREFIX, presets.draft(name, preset).model_dump())
        st.session_state["repair.drafted"] = (name, preset)
    with st.expander("Settings", key="repair.fold"):
        values = form(RepairSettings, PREFIX, without=("data",))
    return read(RepairSettings, values | {"data": name})


def _estimated(plan: RepairSettings) -> None:
    """How long it will take, measured on a few steps when asked for or known."""
    key = ("repair", plan.model_dump_json(exclude=IRRELEVANT))
    if not st.toggle("Measure how long it will take here", background.is_known(key), key="repair.measure"):
        return

    def make(progress: Progress) -> RepairEstimate:
        return estimate(plan)

    def tell(timing: RepairEstimate) -> None:
        st.write(
            f"This will take about **{formatting.duration(timing.seconds(plan))}** here, besides some seconds to load "
            f"and save: a step takes {timing.seconds_per_step * 1000:,.0f} ms, measured on this machine. The network "
            f"has {timing.parameters:,} parameters."
        )

    background.wait([background.Request(st.container(), "repair.estimate", "Measuring a few steps", key, make, tell)])


def _start(plan: RepairSettings, title: str) -> None:
    with trouble("Starting the run"):
        jobs.start_task("repair", plan.model_dump(mode="json"), f"Repair of {title}")
