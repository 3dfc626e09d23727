"""The best in so many minutes: one number, one button; the network and the schedule are chosen by timing some."""

import streamlit as st

from mlcore import jobs, training
from pages.parts import formatting
from pages.parts.trouble import trouble


def panel(name: str, watch) -> None:
    """Offer to choose everything for a time; `watch(run_id)` shows the run that was started."""
    with st.expander("Best in so many minutes", key="train.best"):
        st.write("Some networks are timed for a few steps on this machine; the one that suits the time is trained.")
        minutes = st.number_input("Minutes", 0.25, 600.0, 3.0, 1.0, key="train.best.minutes", format="%g",
                                  help="Choosing, training and measuring together")  # fmt: skip
        if st.button("Choose and train", key="train.best.start", icon=":material/timer:"):
            _start(name, minutes, watch)


def _start(name: str, minutes: float, watch) -> None:
    with trouble("Choosing"), st.spinner("Timing a few steps of some networks…", show_time=True):
        plan = training.best(name, minutes)
        watch(jobs.start(plan.recipe))
        st.toast(formatting.plain(plan.sentence))
        st.rerun()
