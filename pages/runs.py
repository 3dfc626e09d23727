"""Runs: every run and model, live and finished, side by side."""

import hashlib
from functools import partial
from typing import Any

import streamlit as st

from mlcore import architectures, data, generation, jobs, library
from mlcore.jobs import Run, sweeps, tasks
from mlcore.library.card import Card
from pages.parts import charts, formatting, pick, shell
from pages.parts.formatting import title_in
from pages.parts.layout import table, table_height
from pages.parts.runs import curves, history, label, network, progress, queue, sweep
from pages.parts.trouble import trouble, unreadable

shell.require()

COMPARED = 6
BUSY_SECONDS, IDLE_SECONDS = 3, 15  # between two looks at the list: while something runs, and while nothing does
NAMES = {"imagenet": "ImageNet", "unet": "U-Net"}  # of what is on no shelf here
USED_ON = {"classifier": ("evaluate", "classify", "explain"), "generator": ("generate",), "repairer": ("repair",)}


def shelf(runs: list, cards: dict) -> None:
    """Every run, newest first, then the models that weren't trained here; ticking rows compares runs."""
    bar = {"Progress": st.column_config.ProgressColumn("Progress", format="percent", min_value=0, max_value=1)}
    ids = [run.id for run in runs]
    key = f"runs.table.{hashlib.sha256(repr(ids).encode()).hexdigest()[:8]}"  # ticks go by row: other rows, other ticks
    lines = rows(runs, cards)
    table(
        lines,
        key,
        "runs.csv",
        height=table_height(len(lines)),
        column_config=bar,
        on_select=partial(ticked, key, ids),
        selection_mode="multi-row",
        selection_default=kept_ticks(ids),
        alt="Table of all runs and models with state, progress and accuracy",
    )


def unfolded(runs: list[Run]) -> list[Run]:
    """The runs without the lesser members of sweeps, unless they are asked for."""
    lesser = sweeps.lesser()
    if not lesser:
        return runs
    text = f"Show the {formatting.count(len(lesser), 'lesser member')} of sweeps"
    shows = st.toggle(text, key="runs.unfolded", persist_state="session", help="The best of each sweep is shown anyway")
    return runs if shows else [run for run in runs if run.id not in lesser]


def rows(runs: list, cards: dict) -> list[dict]:
    """What the table tells of each run, and of each model that isn't one."""
    summaries = data.all()
    sets = NAMES | {summary.name: summary.title for summary in summaries}
    now = {summary.name: summary.fingerprint for summary in summaries if summary.stored}
    shelves = architectures.shelf, tasks.shelf, generation.generators
    kinds = NAMES | {entry.name: entry.title for shelf in shelves for entry in shelf.all()}
    others = [card for card in cards.values() if card.id not in {run.id for run in runs}]
    return [
        {
            "Run": label.title(run, cards.get(run.id)),
            "State": progress.state(run),
            "Progress": run.progress,
            "Test accuracy": accuracy(cards.get(run.id)),
            "Data": learned_from(str(run.settings.get("data", "")), seen(run, cards.get(run.id)), sets, now),
            "What": kinds.get(name := str(run.settings.get("architecture", run.kind)), name),
            "Started": formatting.moment(run.started or run.created),
            "Tags": label.words(cards.get(run.id)),
        }
        for run in runs
    ] + [
        {
            "Run": card.title,
            "State": "Came with Vitrine" if card.starter else "Brought here",
            "Progress": 1.0,
            "Test accuracy": accuracy(card),
            "Data": learned_from(card.data, card.fingerprint, sets, now),
            "What": kinds.get(card.architecture, card.architecture),
            "Started": formatting.moment(card.created),
            "Tags": label.words(card),
        }
        for card in others
    ]


def seen(run: Run, card: Card | None) -> str:
    """The fingerprint of the data that a run was begun with; nothing where nobody wrote it down."""
    return (card.fingerprint if card else "") or str(run.settings.get("fingerprint", ""))


def learned_from(name: str, fingerprint: str, sets: dict[str, str], now: dict[str, str]) -> str:
    """The title of a data set, with the number of the version that was seen where that isn't the one of `now`."""
    older = None if now.get(name, fingerprint) == fingerprint else data.version_of(name, fingerprint)
    return f"{sets.get(name, name)}, version {older}" if older else sets.get(name, name)


def accuracy(card) -> str:
    """How often a model is right on test pictures; nothing for what doesn't classify."""
    return formatting.interval(card.accuracy) if card and card.kind == "classifier" else ""


def ticked(key: str, ids: list[str]) -> None:
    """Take the ticked rows into the comparison; a callback."""
    rows = st.session_state[key].selection.rows
    chosen = [ids[row] for row in rows if row < len(ids)]
    st.session_state.update({"runs.ticked": chosen, "runs.compared": chosen[:COMPARED]})


def kept_ticks(ids: list[str]) -> Any:
    """The rows that were ticked before runs came or went."""
    rows = [ids.index(id) for id in st.session_state.get("runs.ticked", ()) if id in ids]
    return {"selection": {"rows": rows}}


def compare(runs: dict) -> None:
    """The curves of several runs in one chart."""
    st.subheader("Curves (learning curves)", anchor=False)
    begun = [id for id, run in runs.items() if run.state != "queued"][:3]
    kept = [id for id in st.session_state.get("runs.compared", begun) if id in runs]
    st.session_state["runs.compared"] = kept
    titles = pick.distinct({id: run.title for id, run in runs.items()})
    chosen = st.multiselect(
        "Runs to compare",
        list(runs),
        format_func=title_in(titles),
        key="runs.compared",
        persist_state="session",
        max_selections=COMPARED,
        placeholder="Choose runs",
    )
    histories = {titles[id]: history.of(runs[id]) for id in chosen}
    left, right = st.columns(2)
    for column, field, title in ((left, "val_accuracy", "Validation accuracy"), (right, "val_loss", "Validation loss")):
        with column:
            lines = {name: history.curve(events, field) for name, events in histories.items()}
            charts.curves(lines, "Epochs", title, f"runs.{field}", percent_axis=field == "val_accuracy")


def details(runs: dict[str, Run], cards: dict[str, Card]) -> None:
    """One run: what happened to it and what can be done with it."""
    st.subheader("One run", anchor=False)
    run = runs[pick.one("Run", {id: run.title for id, run in runs.items()}, "run")]
    if not run.recipe and progress.is_active(run):
        progress.live(run.id)
    else:
        st.text(f"{progress.state(run)}. {run.message}")
    actions(run)
    if run.id in cards:
        links(cards[run.id])
    if run.recipe:
        learning(run)
    with st.expander("What the run printed", key="runs.log", on_change="rerun") as log:
        if log.open:
            st.code(jobs.log(run.id) or "Nothing.", language=None)
    with st.expander("Recipe" if run.recipe else "Settings", key="runs.recipe"):
        st.json(run.recipe.model_dump(mode="json") if run.recipe else run.settings)


def actions(run: Run) -> None:
    """What can be done with a run, side by side."""
    with st.container(horizontal=True):
        page = shell.about(run).page
        if page != "runs" and st.button("Watch", key="runs.watch", icon=":material/visibility:"):
            st.switch_page(shell.path(page), query_params={"run": run.id})
        if run.recipe and st.button("Clone with changes", key="runs.clone", icon=":material/content_copy:"):
            progress.clone(run)
        progress.stop("runs", run)
        progress.resume("runs", run)
        progress.take_over("runs", run)
        progress.with_smaller_batch("runs", run)
        if st.button("Delete", key="runs.delete", icon=":material/delete:", disabled=run.live or not run.is_ours):
            confirm(run)


def learning(run: Run) -> None:
    """How a network learned: what its curves say, what it saw, and the network itself."""
    curves.remarks(run, history.of(run))
    curves.time_machine(run.id)
    with st.expander("The network", key="runs.network", on_change="rerun") as drawing:
        if drawing.open:
            network.trained(run)


def links(card) -> None:
    """Where a finished model can be used."""
    query = {"classifier": {"model": card.id}, "generator": {"generator": card.id, "do": "play"}}.get(card.kind)
    with st.container(horizontal=True):
        for page in USED_ON.get(card.kind, ()):
            title, icon, _ = shell.PAGES[page]
            st.page_link(shell.path(page), label=title, icon=icon, query_params=query)


@st.dialog("Delete this run?")
def confirm(run) -> None:
    """Ask before a run and its model go for good."""
    st.write("The run, its model and its evaluation will be deleted for good:")
    st.text(run.title)
    with st.container(horizontal=True):
        if st.button(
            "Delete for good", key="runs.delete.sure", type="primary", on_click=progress.do, args=(jobs.remove, run.id)
        ):
            st.rerun()
        if st.button("Keep it", key="runs.delete.keep"):
            st.rerun()


def remove_unreadable(name: str) -> None:
    """Delete what can't be read: a sweep's file, or the folder of a run or model."""
    (sweeps if name.endswith(".json") else jobs).remove_unreadable(name)


def standing(runs: list[Run]) -> tuple:
    """What the rest of the page depends on: which runs there are, and where each stands."""
    return tuple((run.id, run.title, run.state, run.position, run.force) for run in runs)


def overview(drawn: tuple, cards: dict[str, Card]) -> None:
    """The list, the queue and the curves, as they are now; draws the page anew once a run stands elsewhere."""
    with trouble("Listing the runs"):
        runs = jobs.all()
        if standing(runs) != drawn:
            st.rerun()
        shelf(unfolded(runs), cards)
        queue.panel(runs)
        if trained := {run.id: run for run in runs if run.kind == "train"}:
            compare(trained)


shell.heading("runs")
with trouble("Listing the runs"):
    everything = {run.id: run for run in jobs.all()}
    models = {card.id: card for card in library.all()}
    odd = [*jobs.unreadable(), *sweeps.unreadable()]
    if not everything:
        unreadable(odd, "runs", remove_unreadable)
        pick.nothing("Nothing has been trained here yet.", "train", "Train your first model")
    busy = any(progress.is_active(run) for run in everything.values())
    often = BUSY_SECONDS if busy else IDLE_SECONDS
    st.fragment(overview, run_every=often)(standing(list(everything.values())), models)
    label.panel(models)
    unreadable(odd, "runs", remove_unreadable)
    details(everything, models)
    sweep.results(list(everything.values()))
