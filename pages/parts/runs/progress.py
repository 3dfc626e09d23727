"""The live view of a run: a fragment that draws itself anew from disk, slower as the run grows older."""

import time
from datetime import datetime

import streamlit as st

from mlcore import jobs
from mlcore.events import EpochEnded, StepsDone, TrainingStarted
from mlcore.jobs import Run
from pages.parts import address, formatting, shell
from pages.parts.layout import metrics
from pages.parts.runs import curves, history
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
    if run.state == "queued":
        return f"Waiting, number {run.position}"
    return "Working" if run.state == "running" and run.kind != "train" else STATES[run.state]


CHARTS_EVERY = 3  # looks: a curve hardly changes in less


def is_active(run) -> bool:
    """Whether something will still happen to a run by itself."""
    return run.live or run.state == "queued"


def live(run_id: str) -> None:
    """Follow a run until it ends, then draw the page once more; its charts are looked at less often."""
    run = jobs.run(run_id)
    often = pace(run)
    st.fragment(_draw, run_every=often)(run_id, often)
    if run.kind == "train":
        st.fragment(_draw_learning, run_every=often and CHARTS_EVERY * often)(run_id)


def pace(run) -> int | None:
    """Seconds between two looks: 1 at an age of less than 10 seconds, 3 up to 20, then 5; None when it has ended.

    Each look takes both cores from the training for a moment: with one every 2 seconds, and one at the charts every
    4, a small CNN on 2 cores trained at 0.77 and 0.84 of the speed that it had with a look every 30 (two epochs);
    every 3 and 9 at 0.93 of that without a page (median of seven epochs each).
    """
    if not is_active(run):
        return None
    age = _age(run)
    return 1 if age < 10 else 3 if age < 20 else 5


def _age(run) -> float:
    begun = run.started or run.created
    return time.time() - (begun if isinstance(begun, int | float) else datetime.fromisoformat(begun).timestamp())


def _draw(run_id: str, drawn_pace: int | None) -> None:
    with trouble("Following the run"):
        run = jobs.run(run_id)
        if pace(run) != drawn_pace:
            st.rerun()
        events = history.of(run)
        _headline(run, events)
        if run.kind == "train":
            _metrics(events)
        for text in history.faults(events):
            st.warning(formatting.plain(text), icon=":material/warning:")
        _remarks(events)


def _draw_learning(run_id: str) -> None:
    with trouble("Following the run"):
        run = jobs.run(run_id)
        events = history.of(run)
        curves.curves(run, events, ("Loss", "Accuracy"))
        curves.remarks(run, events)
        curves.latest_look(run)
        with st.expander("Learning rate and speed", key="progress.more", on_change="rerun") as more:
            if more.open:
                curves.curves(run, events, ("Learning rate", "Pictures per second"))


def _headline(run, events) -> None:
    st.progress(min(max(run.progress, 0.0), 1.0), text=_sentence(run, events))
    if run.state != "done":
        with st.container(horizontal=True):
            act("progress", "Stop", "stop", jobs.stop, run, run.can_stop)
            resume("progress", run)
            with_smaller_batch("progress", run)
    if run.message and run.state in ("failed", "interrupted", "stopped"):
        (st.error if run.state == "failed" else st.info)(formatting.plain(run.message))


def _sentence(run, events) -> str:
    if run.state == "queued":
        return f"Waiting: number {run.position} in line"
    step, started = history.latest(events, (StepsDone, EpochEnded)), history.latest(events, TrainingStarted)
    parts = [(is_active(run) and history.stage(events)) or state(run)]
    if step and started:
        parts.append(f"epoch {step.epoch} of {started.epochs}")
    by_steps = history.latest(events, history.BY_STEPS)
    if by_steps and run.state != "done":
        parts.append(f"step {by_steps.step:,} of {by_steps.steps:,}")
    parts.append(formatting.percent(run.progress, 0))
    if run.eta_seconds and run.state == "running":  # none when steps are done and the model is being finished
        parts.append(f"about {formatting.duration(run.eta_seconds)} left")
    return formatting.plain(" · ".join(parts))


def _metrics(events) -> None:
    ended, step = history.epochs(events), history.latest(events, (StepsDone, EpochEnded))
    last = ended[-1] if ended else None
    metrics(
        {
            "Loss": _number(step.loss if step else None),
            "Training accuracy": formatting.percent(step.accuracy if step else None),
            "Validation accuracy": formatting.percent(last.val_accuracy if last else None),
            "Pictures per second": f"{step.pictures_per_second:,.0f}" if step else "–",
        }
    )


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


def resume(page: str, run: Run) -> None:
    """A button that lets a run go on, or begin anew where its task doesn't resume."""
    goes_on = not run.can_resume or shell.about(run).resumes  # a run that can't is greyed: its task needn't be asked
    act(page, "Resume" if goes_on else "Start again", "play_arrow", jobs.resume, run, run.can_resume)


def do(action, run_id: str) -> None:
    """Do something to a run; a callback."""
    with trouble("That"):
        action(run_id)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
