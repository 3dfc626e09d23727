"""Starting a run: where it computes, what else is told of it, and whether it was done before."""

import streamlit as st

from mlcore import jobs
from mlcore.jobs import loggers
from mlcore.machine import devices
from pages.parts import formatting, shell
from pages.parts.formatting import title_in
from pages.parts.trouble import trouble


def panel(recipe, watch) -> None:
    """The start button with its options; `watch(run_id)` shows the run that was started."""
    before = jobs.finished_twin(recipe)
    if before:
        st.info(formatting.plain(f"This was trained before, by the very same recipe: {before.title}."))
        st.page_link(
            shell.path("evaluate"),
            label="See that model",
            icon=":material/fact_check:",
            query_params={"model": before.id},
        )
    device, mirrors = _options()
    st.button(
        "Train it again" if before else "Start training",
        key="train.start",
        type="secondary" if before else "primary",
        on_click=_start,
        args=(recipe, device, mirrors, watch),
    )


def _start(recipe, device: str, mirrors: list[str], watch) -> None:
    with trouble("Starting the run"):
        watch(jobs.start(recipe, device=device, mirrors=mirrors))


def _options() -> tuple[str, list[str]]:
    """The device and the mirrors; nothing is asked where there is no choice."""
    present, installed = devices.devices(), loggers.available()
    if len(present) == 1 and not installed:
        return devices.AUTO, []
    titles = {devices.AUTO: "The first that is free"} | {each.name: _described(each) for each in present}
    left, right = st.columns(2)
    device, mirrors = devices.AUTO, []
    if len(present) > 1:
        with left:
            device = st.selectbox(
                "Computes on", list(titles), format_func=title_in(titles), key="train.device", persist_state="session"
            )
    if installed:
        names = {"tensorboard": "TensorBoard", "mlflow": "MLflow"}
        text = "Other tools that are told of this run"
        with right:
            mirrors = st.multiselect(
                "Also log to",
                installed,
                format_func=title_in(names),
                key="train.mirrors",
                help=text,
                persist_state="session",
                placeholder="Nothing else",
            )
    return device, mirrors


def _described(device) -> str:
    memory = f"{formatting.size(device.used)} of {formatting.size(device.memory)} used"
    busy = "" if device.busy is None else f", {formatting.percent(device.busy, 0)} busy"
    return f"{device.title} ({memory}{busy})"
