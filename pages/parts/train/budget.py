"""The best in so many minutes (model selection): network and schedule are chosen by timing some."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from mlcore import jobs, training
from mlcore.progress import Progress
from pages.parts import background, formatting

KIND = "train.best"
Started = tuple[str, str]  # the run's id, and what was chosen in a sentence


def panel(name: str, watch: Callable[[str], None]) -> list[background.Request]:
    """Offer to choose everything for a time; gives what is to be waited for, after which `watch(run_id)` shows it."""
    with st.expander("Best in so many minutes (model selection)", key="train.best"):
        st.write("Some networks are timed for a few steps on this machine; the one that suits the time is trained.")
        text = "Choosing, training and measuring together"
        minutes = st.number_input("Minutes", 0.25, 600.0, 3.0, 1.0, key="train.best.minutes", format="%g", help=text)
        if st.button("Choose and train", key="train.best.start", icon=":material/timer:"):
            title = "Timing a few steps of some networks"
            background.begin((KIND, name, minutes), title, partial(_start, name, minutes), "patient")
    return background.follow(KIND, partial(_show, watch))


def _start(name: str, minutes: float, progress: Progress) -> Started:
    """Choose, and start the run unless the choosing was called off meanwhile."""
    plan = training.best(name, minutes)
    progress(1.0)
    return jobs.start(plan.recipe), plan.sentence


def _show(watch: Callable[[str], None], started: Started) -> None:
    run_id, sentence = started
    watch(run_id)
    st.toast(formatting.plain(sentence))
    st.rerun()
