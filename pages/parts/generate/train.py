"""Training a generator and its critic (GAN): the form, what it will take, and the live view of a run."""

from functools import partial

import streamlit as st

from mlcore import data, generation, jobs
from mlcore.generation.fitting import fitting
from mlcore.generation.generators import SIDES
from mlcore.generation.settings import PENALTY, GanSettings, is_grey
from mlcore.generation.training.estimate import GanEstimate, estimate
from mlcore.machine import devices
from mlcore.settings import read
from pages.parts import address, background, formatting, ingest, pick, shell
from pages.parts.form import fill, form
from pages.parts.generate import choose, previews
from pages.parts.runs import progress
from pages.parts.trouble import trouble

ELSEWHERE = ("data", "generator", "network")  # chosen by widgets of their own
IRRELEVANT = {"steps", "minutes", "seed", "learning_rate", "momentum", "average", "gamma"}  # for the time of a step


def train() -> None:
    """The live view of a run when there is one to watch, else the form."""
    runs = {run.id: run for run in jobs.all() if run.kind == "gan"}
    active = [run.id for run in runs.values() if progress.is_active(run)]
    if address.asked("run"):
        st.session_state["generate.setup"] = False
    if (address.value("run", runs) or active) and not st.session_state.get("generate.setup"):
        _watched(runs, active[-1] if active else None)
        return
    pick.tell_stale("run", "run")
    plan = _setup()
    st.button(
        "Start training",
        key="generate.start",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_start,
        args=(plan,),
    )
    st.fragment(_estimated)(plan)


def _watched(runs: dict, default: str | None) -> None:
    run = runs[pick.one("Run", {id: run.title for id, run in runs.items()}, "run", default)]
    if run.state == "done":
        st.success("The generator is in the library.")
        query = {"do": "play", "generator": run.id}
        st.page_link(shell.path("generate"), label="Play with it", icon=":material/toys:", query_params=query)
    progress.live(run.id, previews.draw)
    if run.state == "failed":
        with st.expander("What the run printed", key="generate.log"):
            st.code(jobs.log(run.id) or "Nothing.", language=None)
    st.button("Set up another run", key="generate.another", icon=":material/add:", on_click=choose.watch, args=(None,))


def _setup() -> GanSettings:
    """The form; returns a checked plan, or stops with what is missing."""
    summaries = {summary.name: summary for summary in fitting()}
    left, right = st.columns(2)
    with left:
        titles = {name: summary.title for name, summary in summaries.items()}
        sides = f"{', '.join(map(str, SIDES[:-1]))} or {SIDES[-1]}"
        text = f"Square pictures of {sides} pixels; add your own on the Data page with one of these sizes"
        name = pick.one("Data set", titles, "data", help=text)
    with right:
        entries = {entry.name: entry for entry in generation.generators.all()}
        titles = {name: entry.title for name, entry in entries.items()}
        pair = st.selectbox(
            "Pair of networks",
            list(entries),
            format_func=formatting.title_in(titles),
            key="generate.pair",
            index=list(entries).index("tiny"),
            persist_state="session",
        )
        st.caption(formatting.plain(entries[pair].summary))
    if not summaries[name].stored:
        _missing(summaries[name])
    _draft(name, pair, summaries[name].created)
    _frankly(name)
    with st.expander("Settings", key="generate.settings"):
        network = form(entries[pair].settings, f"generate.{pair}")
        values = form(GanSettings, "generate.gan", without=ELSEWHERE)
        if values["regulariser"] == "gradient-penalty" and values["gamma"] < 1:
            st.caption(f"A gradient penalty was published with a gamma of {PENALTY:g}; this one hardly smooths.")
    return read(GanSettings, values | {"data": name, "generator": pair, "network": network})


def _missing(summary) -> None:
    """Offer to fetch a data set that isn't here; nothing below is drawn."""
    st.info(formatting.plain(f"{summary.title} isn't stored yet; {choose.cost(summary)}."))
    if st.button("Get it", key="generate.get", type="primary", icon=":material/download:"):
        ingest.begin(summary.name, summary.title, partial(data.open, summary.name))
    ingest.follow(lambda dataset: st.rerun(), summary.name)
    st.stop()


def _draft(name: str, pair: str, created: str) -> None:
    """Fill the form with what suits data and pair, once for each choice of them."""
    if st.session_state.get("generate.drafted") != (name, pair, created):
        plan = generation.draft(name, pair).model_dump()
        fill(GanSettings, "generate.gan", plan)
        fill(generation.generators.get(pair).settings, f"generate.{pair}", plan["network"])
        st.session_state["generate.drafted"] = (name, pair, created)


def _frankly(name: str) -> None:
    """What can't be expected of this machine."""
    if not is_grey(data.open(name)) and all(device == "cpu" for device in devices.places()):
        st.warning(
            "On a CPU, colour photographs become blobs of colour that differ by class, and no objects: enough to see "
            "how training works. Objects that can be recognised take a GPU. Grey pictures such as digits do well here."
        )


def _start(plan) -> None:
    with trouble("Starting the run"):
        choose.watch(jobs.start_task("gan", plan.model_dump(mode="json"), choose.titled(plan.data)))


def _estimated(plan) -> None:
    """How long it will take, measured on a few steps while the person still reads the form."""
    relevant = plan.model_dump_json(exclude=IRRELEVANT)

    def tell(timing: GanEstimate) -> None:
        st.write(
            f"Training will take about **{formatting.duration(timing.seconds(plan))}** here: a step takes "
            f"{timing.seconds_per_step * 1000:,.0f} ms, measured on this machine. The generator has "
            f"{timing.generator_parameters:,} parameters, the critic that it learns from {timing.critic_parameters:,}."
        )

    slot = st.container()
    title = "Measuring a few steps"
    background.wait(
        [background.Request(slot, "generate.estimate", title, ("gan", relevant), lambda progress: estimate(plan), tell)]
    )
