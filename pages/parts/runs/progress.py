"""The live view of a run: a fragment that draws itself anew from disk, slower as the run grows older."""

import time
from collections.abc import Callable
from datetime import datetime

import streamlit as st

from mlcore import jobs
from mlcore.jobs import Run
from pages.parts import address, formatting, shell
from pages.parts.layout import METRIC_HEIGHT, METRIC_WIDTH, cells
from pages.parts.runs import curves, history
from pages.parts.runs import look as looks
from pages.parts.runs.look import PHASES, TRAINING, Look
from pages.parts.trouble import trouble

STATES = {
    "queued": "Waiting",
    "starting": "Starting",
    "running": "Training",
    "stopping": "Stopping",
    "stopped": "Stopped",
    "interrupted": "Interrupted",
    "failed": "Failed",
    "done": "Done",
}


def state(run) -> str:
    """What a run is doing, in a word or two."""
    if run.elsewhere:
        return f"{STATES[run.state]} on {run.elsewhere}"
    if run.state == "queued":
        return f"Waiting, number {run.position}"
    return "Working" if run.state == "running" and run.kind != "train" else STATES[run.state]


YOUNG_SECONDS, IDLE_SECONDS = 20, 5


def is_active(run) -> bool:
    """Whether something will still happen to a run by itself."""
    return run.live or run.state == "queued"


def live(run_id: str, further: Callable[[Look], None] | None = None) -> None:
    """Follow a run until it ends, then draw the page once more; `further` draws the same look at it below."""
    often = pace(jobs.run(run_id))
    st.fragment(_draw, run_every=often)(run_id, often, further)


def pace(run) -> int | None:
    """Seconds between two looks: 2 for the first 20 seconds, then 5; None for good when it is done.

    One that could go on is looked at, too: somebody may resume it elsewhere. Each look takes both cores from the
    training for a moment: with one every 2 seconds, and one at the charts every 4, a small CNN on 2 cores trained at
    0.77 and 0.84 of the speed that it had with a look every 30 (two epochs).
    """
    if run.can_resume:
        return IDLE_SECONDS
    if not is_active(run):
        return None
    return 2 if _age(run) < YOUNG_SECONDS else 5


def _age(run) -> float:
    begun = run.started or run.created
    return time.time() - (begun if isinstance(begun, int | float) else datetime.fromisoformat(begun).timestamp())


def _draw(run_id: str, drawn_pace: int | None, further: Callable[[Look], None] | None) -> None:
    with trouble("Following the run"):
        look = looks.at(run_id)
        if pace(look.run) != drawn_pace:
            st.rerun()
        _headline(look)
        if look.run.kind == "train":
            _metrics(look)
        for text in history.faults(look.events):
            st.warning(formatting.plain(text), icon=":material/warning:")
        _remarks(look.events)
        if look.run.kind == "train":
            _learning(look)
        if further:
            further(look)


def _learning(look: Look) -> None:
    curves.curves(look, ("Loss", "Accuracy"))
    curves.remarks(look.run, look.events)
    curves.latest_look(look.run)
    with st.expander("Learning rate and speed", key="progress.more", on_change="rerun") as more:
        if more.open:
            curves.curves(look, ("Learning rate", "Pictures per second"))


def _headline(look: Look) -> None:
    run = look.run
    st.progress(look.share, text=_sentence(look))
    if run.state != "done":
        with st.container(horizontal=True):
            stop("progress", run)
            resume("progress", run)
            take_over("progress", run)
            with_smaller_batch("progress", run)
    if run.message:
        {"failed": st.error, "running": st.warning}.get(run.state, st.info)(formatting.plain(run.message))


def _sentence(look: Look) -> str:
    """What a run is doing, how far it is, and how long that will take."""
    run, by_steps = look.run, history.latest(look.events, history.BY_STEPS)
    if run.state == "queued":
        return f"Waiting: number {run.position} in line" if run.position else formatting.plain(state(run))
    parts = [_doing(look), look.epoch]
    if by_steps and run.state != "done":
        parts.append(f"step {by_steps.step:,} of {by_steps.steps:,}")
    trains = run.kind != "train" or look.phase == TRAINING or not run.live
    if trains:
        parts.append(formatting.percent(look.share, 0))
    if run.eta_seconds and run.state == "running" and trains:
        then = ", then it is measured" if run.kind == "train" else ""
        parts.append(f"about {formatting.duration(run.eta_seconds)} left{then}")
    return formatting.plain(" · ".join(part for part in parts if part))


def _doing(look: Look) -> str:
    """The state of a run; while it is at work which of its three parts it is in, or what it says that it does."""
    run, stage = look.run, history.stage(look.events)
    if run.state == "running" and run.kind == "train":
        number = PHASES.index(look.phase) + 1
        what = "Training" if look.phase == TRAINING else stage or look.phase.capitalize()
        return f"{number} of {len(PHASES)}: {what}"
    return (is_active(run) and stage) or state(run)


def _metrics(look: Look) -> None:
    """Loss, accuracies and speed, each with what it is the mean of."""
    figures = look.figures.items()
    for cell, (name, (value, basis)) in zip(cells(len(figures), len(figures), METRIC_WIDTH), figures, strict=True):
        cell.metric(name, value, basis or None, delta_color="off", delta_arrow="off", border=True, height=METRIC_HEIGHT)


def _remarks(events) -> None:
    for text in history.remarks(events):
        st.caption(formatting.plain(text))


def clone(run, **training) -> None:
    """Fill the form of Train with a run's recipe, some training settings changed, and go there."""
    recipe = run.recipe.model_dump()
    st.session_state.update({"train.clone": recipe | {"training": recipe["training"] | training}, "train.setup": True})
    address.choose("run", None)
    st.switch_page(shell.path("train"))


def with_smaller_batch(page: str, run) -> None:
    """Offer to try again with half the batch size, where memory ran out."""
    half = run.smaller_batch
    if half and st.button(f"Set up again with batches of {half}", key=f"{page}.smaller", icon=":material/compress:"):
        clone(run, batch_size=half)


def act(page: str, label: str, icon: str, action, run, possible: bool) -> None:
    """A button that does something to a run."""
    st.button(
        label,
        key=f"{page}.{action.__name__}",
        icon=f":material/{icon}:",
        disabled=not possible,
        on_click=do,
        args=(action, run.id),
    )


def stop(page: str, run: Run) -> None:
    """A button that asks a run to stop; pressed once more, it ends one that goes on by force."""
    label = f"End it now ({run.force})" if run.force else "Stop"
    act(page, label, "dangerous" if run.force else "stop", jobs.stop, run, run.can_stop)


def take_over(page: str, run: Run) -> None:
    """A button for what another machine left behind."""
    if run.can_take_over:
        act(
            page,
            f"{formatting.plain(run.elsewhere)} is gone for good: take it over",
            "move_down",
            jobs.take_over,
            run,
            True,
        )


def resume(page: str, run: Run) -> None:
    """A button that lets a run go on, or begin anew where its task doesn't resume."""
    goes_on = not run.can_resume or shell.about(run).resumes  # a run that can't is greyed: its task needn't be asked
    act(page, "Resume" if goes_on else "Start again", "play_arrow", jobs.resume, run, run.can_resume)


def do(action, run_id: str) -> None:
    """Do something to a run; a callback."""
    with trouble("That"):
        action(run_id)
