"""What training will take in parameters, memory and time, measured while a person still reads the form."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mlcore import data, jobs, teach, training
from mlcore.progress import Progress
from mlcore.recipe import Recipe
from mlcore.training.cost import Estimate
from pages.parts import formatting, shell
from pages.parts.background import Request
from pages.parts.layout import metrics
from pages.parts.trouble import trouble

LARGE, LONG = 64, 600  # pixels, seconds: from there on something quicker is looked for
HELPS = {
    "Parameters": "Numbers that training adjusts",
    "Memory": "For the network, its optimiser and one batch, on top of about 700 MB for TensorFlow",
    "Time per epoch": "Measured on this machine on a few steps; an epoch sees every training picture once",
    "Time in all": "At most, with loading and measuring; early stopping and a time limit can make it shorter",
}


def panel(recipe: Recipe) -> list[Request]:
    """Room for parameters, memory and time of a recipe; gives what is to be waited for."""
    st.subheader("What it will take", anchor=False)
    stored = data.stored(recipe.data, recipe.fingerprint)
    if stored is None:
        st.caption("Add this data set on the Data page, or press Start, and its time can be measured.")
        return []
    numbers = st.empty()
    _draw(numbers, ["…"] * len(HELPS))
    key = ("train.estimate", recipe.id, stored.fingerprint)
    title, show = "Measuring a few steps on this machine", partial(_show, numbers, recipe, stored)

    def make(progress: Progress) -> Estimate:
        return training.estimate(recipe)

    return [Request(st.container(), "train.estimate", title, key, make, show, queue="patient")]


def _quicker(recipe: Recipe, about: data.Summary, whole: float) -> Request:
    """What asks for quicker ways than training for `whole` seconds."""
    key, title = ("train.quicker", recipe.id, about.fingerprint), "Measuring quicker ways"
    make, show = partial(_alternatives, recipe), partial(_show_quicker, about, whole)
    return Request(st.container(), "train.quicker", title, key, make, show, queue="patient")


def _alternatives(recipe: Recipe, progress: Progress) -> tuple[float, float]:
    """Seconds of training with pictures of half the side, and of teaching."""
    half = training.estimate(recipe, shrink=2).seconds
    progress(0.7, "a taught model")
    return half, teach.seconds(recipe.data)


def _show_quicker(about: data.Summary, whole: float, times: tuple[float, float]) -> None:
    half, taught = (formatting.duration(seconds) for seconds in times)
    height, width = about.shape[:2]
    st.info(
        f"This takes {formatting.duration(whole)} here. A model is taught with the same pictures in about {taught}, "
        f"before it is saved and measured: only its answer layer learns. Added again at {width // 2} x {height // 2} "
        f"pixels, they train in about {half}.",
        icon=":material/schedule:",
    )
    st.button("Teach it instead", key="train.teach", icon=":material/school:", on_click=_teach, args=(about,))
    if st.session_state.get("train.taught") == about.name:
        st.page_link(shell.path("runs"), label="Watch it learn", icon=shell.PAGES["runs"][1])


def _teach(about: data.Summary) -> None:
    """Start the task that teaches a model with a data set; a callback."""
    with trouble("Teaching"):
        jobs.start_task("teach", {"data": about.name}, f"Taught: {about.title}"[:80])
        st.session_state["train.taught"] = about.name


def _show(numbers: DeltaGenerator, recipe: Recipe, about: data.Summary, estimate: Estimate) -> Request | None:
    values = [
        f"{estimate.parameters:,}",
        formatting.size(estimate.memory_bytes),
        formatting.duration(estimate.seconds_per_epoch),
        formatting.duration(estimate.whole_seconds),
    ]
    _draw(numbers, values)
    loading, learning, measuring = (
        formatting.duration(seconds)
        for seconds in (estimate.loading_seconds, estimate.seconds, estimate.measuring_seconds)
    )
    st.caption(
        f"Measured on this machine by a few steps: about {loading} to load, {learning} to train, {measuring} to save "
        "and to measure the model."
    )
    long = estimate.seconds >= LONG and not about.is_sequence and min(about.shape[:2]) >= LARGE
    return _quicker(recipe, about, estimate.seconds) if long else None


def _draw(numbers: DeltaGenerator, values: list[str]) -> None:
    with numbers.container():
        metrics(dict(zip(HELPS, values, strict=True)), HELPS)
