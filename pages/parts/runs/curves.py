"""Learning curves of a run, what they say in words, and what the network looked at as it learned."""

import streamlit as st

from mlcore import data, library
from mlcore.training import snapshots
from mlcore.training.hints import hints
from pages.parts import charts, formatting
from pages.parts.layout import cells
from pages.parts.runs import history
from pages.parts.runs.look import Look

CURVES = {  # chart: its lines with the field of the events, and whether it is read inside epochs too
    "Loss": (("Loss (training)", "loss", True), ("Loss (validation)", "val_loss", False)),
    "Accuracy": (("Accuracy (training)", "accuracy", True), ("Accuracy (validation)", "val_accuracy", False)),
    "Learning rate": (("Learning rate", "learning_rate", True),),
    "Pictures per second": (("Pictures per second", "pictures_per_second", True),),
}
FIRST_END, ROOM = 10, 1.25  # epochs that a chart begins with; how much of its width it leaves free at least
STRIP_HELP = "Bright places speak for the true class; the same pictures after every few epochs"


def curves(look: Look, names=tuple(CURVES)) -> None:
    """The charts of a run at one look, two in a row."""
    run, events = look.run, look.events
    for cell, name in zip(cells(len(names), 2, 320), names, strict=True):
        with cell:
            charts.show(*_figure(run.id, run.created, len(events), name, _end(look), events))


def _end(look: Look) -> int:
    """Where the axis of a live run ends: at its last epoch, or where that is far off at 10, 20, 40 and so on."""
    if not (look.started and look.run.live):
        return 0
    end = FIRST_END
    while end < ROOM * (look.step.epoch if look.step else 0):
        end *= 2
    return min(end, look.started.epochs)


@st.cache_resource(max_entries=128, show_spinner=False)
def _figure(run_id: str, created: float, count: int, name: str, end: int, _events):
    """A chart and its description; all who watch share it for as long as nothing new was told."""
    lines = {
        line: history.within_epochs(_events, field) if inside else history.curve(_events, field)
        for line, field, inside in CURVES[name]
    }
    key = f"progress.{name.lower().replace(' ', '-')}"
    return charts.curve_figure(lines, "Epochs", name, key, name == "Accuracy", end)


def remarks(run, events) -> None:
    """What the curves say, in words, with the numbers behind it."""
    if run.recipe:
        pictures, validation = _facts(run.recipe.data, run.recipe.fingerprint)
        for hint in hints(events, run.recipe.training, pictures, validation, ended=run.state == "done"):
            st.info(formatting.plain(hint.message), icon=":material/lightbulb:")


@st.cache_data(ttl=60, max_entries=64, show_spinner=False)
def _facts(name: str, fingerprint: str) -> tuple[dict[str, int], int]:
    """Pictures of each class, and how many are for validation; nothing for data that isn't here any more."""
    stored = data.stored(name, fingerprint)
    return (stored.class_counts, stored.splits.get("val", 0)) if stored else ({}, 0)


def latest_look(run) -> None:
    """What the network looked at last."""
    if entries := snapshots.entries(library.folder(run.id)):
        _strip(entries[-1])


def time_machine(id: str) -> bool:
    """The pinned pictures and the confusion matrix of a model at any epoch that was kept; whether there are any."""
    entries = {entry.epoch: entry for entry in snapshots.entries(library.folder(id))}
    if not entries:
        return False
    st.subheader("What it saw as it learned", anchor=False)
    key, epochs = f"learning.epoch.{id}", list(entries)
    epoch = epochs[-1]
    if len(epochs) > 1:
        epoch = st.select_slider("After epoch", epochs, value=epoch, key=key, help=STRIP_HELP)
    left, right = st.columns([3, 2])
    with left:
        _strip(entries[epoch])
        _answers(entries[epoch])
    if entries[epoch].confusion:
        with right:
            charts.confusion(entries[epoch].confusion, entries[epoch].classes, "learning.confusion")
            st.caption(
                f"Answers to {formatting.count(entries[epoch].counted, 'validation picture')} after epoch {epoch}."
            )
    return True


def _strip(entry) -> None:
    answers = [row["top"][0][0] for row in entry.pictures]
    st.image(
        str(entry.strip),
        caption=f"Where it looks after epoch {entry.epoch}",
        alt=f"{len(answers)} pictures with heat; the network takes them for {', '.join(answers)}.",
    )


def _answers(entry) -> None:
    rows = [
        {
            "Picture": number,
            "Truth": row["truth"],
            "Answer": row["top"][0][0],
            "Confidence": row["top"][0][1],
            "Next": ", ".join(f"{name} ({formatting.percent(share, 0)})" for name, share in row["top"][1:]),
        }
        for number, row in enumerate(entry.pictures, 1)
    ]
    share = st.column_config.ProgressColumn("Confidence", format="percent", min_value=0, max_value=1)
    st.dataframe(
        rows,
        hide_index=True,
        key="learning.answers",
        column_config={"Confidence": share},
        alt="What the network answered for each picture of the strip",
    )
