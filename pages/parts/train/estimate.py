"""What training will take, measured behind the scenes while a person still reads the form."""

from concurrent.futures import Future, ThreadPoolExecutor

import streamlit as st

from mlcore import data, training
from mlcore.recipe import Recipe
from pages.parts import formatting
from pages.parts.layout import metrics
from pages.parts.trouble import trouble

KEPT = 32
HELPS = {
    "Parameters": "Numbers that training adjusts",
    "Memory": "For the network, its optimiser and one batch, on top of about 700 MB for TensorFlow",
    "Time per epoch": "Measured on this machine on a few steps; an epoch sees every training picture once",
    "Time in all": "At most; early stopping and a time limit can make it shorter",
}


@st.cache_resource(show_spinner=False)
def _desk() -> tuple[ThreadPoolExecutor, dict[tuple, Future]]:
    return ThreadPoolExecutor(1, "estimate"), {}


def panel(recipe: Recipe) -> None:
    """Parameters, memory and time of a recipe; asks again every second until they are measured."""
    st.subheader("What it will take", anchor=False)
    stored = {summary.name: summary.created for summary in data.all() if summary.stored}
    if recipe.data not in stored:
        st.caption("Add this data set on the Data page, or press Start, and its time can be measured.")
        return
    key = (recipe.id, stored[recipe.data])
    future = _ask(key, recipe)
    st.fragment(_draw, run_every=None if future.done() else 1)(key, recipe)


def _ask(key: tuple, recipe: Recipe) -> Future:
    """The measurement of a recipe; those that nobody waits for any more are called off."""
    pool, asked = _desk()
    if key not in asked:
        for old, future in list(asked.items()):
            if future.cancel() or len(asked) >= KEPT:
                asked.pop(old, None)
        asked[key] = pool.submit(training.estimate, recipe)
    return asked[key]


def _draw(key: tuple, recipe: Recipe) -> None:
    future, values = _ask(key, recipe), ["…"] * len(HELPS)
    with trouble("Measuring"):
        if future.done():
            found = future.result()
            values = [
                f"{found.parameters:,}",
                formatting.size(found.memory_bytes),
                formatting.duration(found.seconds_per_epoch),
                formatting.duration(found.seconds),
            ]
    metrics(dict(zip(HELPS, values, strict=True)), HELPS)
    st.caption("Measured on this machine." if future.done() else "Measuring a few steps on this machine…")
