"""What training will take in parameters, memory and time, measured while a person still reads the form."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mlcore import data, teach, training
from mlcore.progress import Progress
from mlcore.recipe import Recipe
from mlcore.training.cost import Estimate
from pages.parts import formatting, shell
from pages.parts.background import Request
from pages.parts.layout import metrics

LARGE, LONG = 64, 600  # pixels, seconds: from there on something quicker is looked for
HELPS = {
    "Parameters": "Numbers that training adjusts",
    "Memory": "For the network, its optimiser and one batch, on top of about 700 MB for TensorFlow",
    "Time per epoch": "Measured on this machine on a few steps; an epoch sees every training picture once",
    "Time in all": "At most; early stopping and a time limit can make it shorter",
}


def panel(recipe: Recipe) -> list[Request]:
    """Room for parameters, memory and time of a recipe; gives what is to be waited for."""
    st.subheader("What it will take", anchor=False)
    stored = data.stored(recipe.data)
    if stored is None:
        st.caption("Add this data set on the Data page, or press Start, and its time can be measured.")
        return []
    numbers = st.empty()
    _draw(numbers, ["…"] * len(HELPS))
    key = ("train.estimate", recipe.id, stored.created)
    title, show = "Measuring a few steps on this machine", partial(_show, numbers)

    def make(progress: Progress) -> Estimate:
        return training.estimate(recipe)

    return [Request(st.container(), "train.estimate", title, key, make, show, queue="patient")]


def quicker(recipe: Recipe) -> list[Request]:
    """Room for what is quicker where training is long; gives what is to be waited for."""
    about = data.stored(recipe.data)
    if about is None or about.is_sequence or min(about.shape[:2]) < LARGE:
        return []
    key, title = ("train.quicker", recipe.id, about.created), "Measuring quicker ways"
    make, show = partial(_alternatives, recipe), partial(_show_quicker, about)
    return [Request(st.container(), "train.quicker", title, key, make, show, queue="patient")]


def _alternatives(recipe: Recipe, progress: Progress) -> tuple[float, float, float] | None:
    """Seconds of training, of the same with pictures of half the side, and of Teach; None where it isn't long."""
    whole = training.estimate(recipe).seconds
    if whole < LONG:
        return None
    progress(0.4, "half the size")
    half = training.estimate(recipe, shrink=2).seconds
    progress(0.8, "Teach")
    return whole, half, teach.seconds(recipe.data)


def _show_quicker(about: data.Summary, times: tuple[float, float, float] | None) -> None:
    if times is None:
        return
    whole, half, taught = (formatting.duration(seconds) for seconds in times)
    height, width = about.shape[:2]
    st.info(
        f"This takes {whole} here. Teach learns from the same pictures in about {taught}, on a network that knows "
        f"photographs already; added again at {width // 2} x {height // 2} pixels, they train in about {half}.",
        icon=":material/schedule:",
    )
    st.page_link(shell.path("teach"), label="Teach", icon=shell.PAGES["teach"][1])


def _show(numbers: DeltaGenerator, estimate: Estimate) -> None:
    values = [
        f"{estimate.parameters:,}",
        formatting.size(estimate.memory_bytes),
        formatting.duration(estimate.seconds_per_epoch),
        formatting.duration(estimate.seconds),
    ]
    _draw(numbers, values)
    st.caption("Measured on this machine.")


def _draw(numbers: DeltaGenerator, values: list[str]) -> None:
    with numbers.container():
        metrics(dict(zip(HELPS, values, strict=True)), HELPS)
