"""What training will take in parameters, memory and time, measured while a person still reads the form."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mlcore import data, training
from mlcore.progress import Progress
from mlcore.recipe import Recipe
from mlcore.training.cost import Estimate
from pages.parts import formatting
from pages.parts.background import Request
from pages.parts.layout import metrics

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
