"""Choosing a generator: opened once for everybody; where there is none, one button trains one."""

from functools import partial

import streamlit as st

from mlcore import data, generation, jobs
from mlcore.generation.fitting import fitting
from mlcore.library.suited import suited
from mlcore.progress import Progress
from pages.parts import address, background, formatting, pick, shell

KIND = "generate.first"


def choose():
    """Pick a generator out of the library, or explain how to get a first one."""
    cards = {card.id: card for card in generation.all()}
    if not cards:
        _first_one()
        st.stop()
    titles, usual = pick.titled(list(cards.values())), suited(list(cards.values())).id
    chosen = pick.one("Generator", titles, "generator", usual, help="Which generator makes the pictures")
    card = cards[chosen]
    st.caption(formatting.plain(card.description))
    return pick.generator(card)


def _first_one() -> None:
    with st.container(border=True, key="nothing"):
        st.write("There is no generator yet. Training one takes a few minutes, and you can watch it learn.")
        summaries = {summary.name: summary for summary in fitting()}
        titles = {name: summary.title for name, summary in summaries.items()}
        name = pick.one("Data set", titles, "data", help="Whose pictures are imitated")
        if not summaries[name].stored:
            size = formatting.size(summaries[name].download_bytes)
            st.caption(formatting.plain(f"{titles[name]} isn't on this machine yet; a download of {size} comes first."))
        if st.button("Train one", key="generate.first", type="primary", icon=":material/play_arrow:"):
            background.begin((KIND, name), "Preparing the pictures", partial(_train_drafted, name))
        background.wait(background.follow(KIND, _go_and_watch))


def _train_drafted(name: str, progress: Progress) -> str:
    """Start training with the settings that suit a data set, which is stored first; the run's id."""
    data.open(name, progress)
    progress(1.0)  # the last chance to call it off
    return jobs.start_task("gan", generation.draft(name).model_dump(mode="json"), titled(name))


def _go_and_watch(run_id: str) -> None:
    st.switch_page(shell.path("generate"), query_params={"do": "train", "run": run_id})


def titled(name: str) -> str:
    """What a generator for a data set is called."""
    titles = {summary.name: summary.title for summary in fitting()}
    return f"Generator of {titles.get(name, name)}"


def watch(run_id: str | None) -> None:
    """Show a run, or the form for another; a callback."""
    address.choose("run", run_id)
    address.choose("do", "train")
    st.session_state["generate.setup"] = run_id is None
