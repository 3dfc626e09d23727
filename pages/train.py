"""Train: choose data, architecture and settings, see what it will take, start, and watch it learn."""

import streamlit as st

from mlcore import data, jobs, library
from pages.parts import address, background, formatting, pick, shell
from pages.parts.components.into_view import into_view
from pages.parts.layout import LINK_HEIGHT, WIDGET_HEIGHT, reserved
from pages.parts.runs import progress, sweep
from pages.parts.train import advice, budget, estimate, launch
from pages.parts.train.recipe_form import recipe_form
from pages.parts.trouble import trouble, unreadable

shell.require()


def watch(run_id: str | None) -> None:
    """Show a run, or the form for another; a callback."""
    address.choose("run", run_id)
    st.session_state["train.setup"] = run_id is None


def finished(run) -> None:
    """What a finished run is good for."""
    if run.state == "done":
        card = library.card_of(run.id)
        accuracy = formatting.interval(card.accuracy)
        st.success(f"The model is in the library. On test pictures it is right in {accuracy}.")
        with reserved("train.next", LINK_HEIGHT), st.container(horizontal=True):
            for page, step in {"evaluate": "See how good it is", "classify": "Classify", "explain": "Explain"}.items():
                st.page_link(shell.path(page), label=step, icon=shell.PAGES[page][1], query_params={"model": run.id})


def printed(run) -> None:
    """What a run printed, folded."""
    with st.expander("What the run printed", key="train.log"):
        st.code(jobs.log(run.id) or "Nothing.", language=None)


def remove_unreadable(name: str) -> None:
    """Delete what can't be read: a data set, or the folder of a run or model."""
    is_data = any(each.name == name for each in data.unreadable())
    data.remove(name) if is_data else jobs.remove_unreadable(name)


def page() -> None:
    """The live view of a run when there is one to watch, else the form."""
    runs = {run.id: run for run in jobs.all() if run.kind == "train"}
    active = [run.id for run in runs.values() if progress.is_active(run)]
    if address.asked("run"):
        st.session_state["train.setup"] = False
    if (address.value("run", runs) or active) and not st.session_state.get("train.setup"):
        titles = {run.id: run.title for run in runs.values()}
        with reserved("train.run", WIDGET_HEIGHT):
            run = runs[pick.one("Run", titles, "run", active[-1] if active else None)]
        with st.container(key="train.live"):
            finished(run)
            progress.live(run.id)
        into_view("train.live", (run.id, run.state), "See how it is going")
        if run.state == "failed":
            printed(run)
        st.button("Set up another run", key="train.another", icon=":material/add:", on_click=watch, args=(None,))
        return
    pick.tell_stale("run", "run")
    unreadable([*jobs.unreadable(), *data.unreadable()], "train", remove_unreadable)
    recipe = recipe_form()
    data.refuse_one_class(recipe.data)
    requests = advice.panel(recipe)
    launch.panel(recipe, watch)
    requests += [*budget.panel(recipe.data, watch), *estimate.panel(recipe)]
    sweep.form(recipe)
    if not active:
        jobs.standby.keep()
    background.wait(requests)  # last: what takes its time keeps nothing else from being drawn


shell.heading("train")
with trouble("Setting up training"):
    page()
