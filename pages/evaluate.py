"""Evaluate: how good a model is on pictures it never saw; accuracy, confusion matrix, calibration."""

from functools import partial

import streamlit as st

from mlcore import data, evaluation, library
from mlcore.data.binding import moved_on
from mlcore.evaluation.unseen import own_data
from mlcore.library.card import Card
from mlcore.progress import Progress
from pages.parts import address, background, charts, formatting, gallery, pick, shell
from pages.parts.components.into_view import into_view
from pages.parts.evaluate.confidence import honesty
from pages.parts.evaluate.strangers import strangers
from pages.parts.layout import METRIC_HEIGHT, METRIC_WIDTH, cells, table, table_height
from pages.parts.trouble import trouble

shell.require()


@st.cache_data(max_entries=8, show_spinner=False)
def load(model: str, name: str, stamp: tuple):
    """The stored evaluation of a model, read once for as long as its file stays the same."""
    return evaluation.load(library.folder(model), name)


def evaluation_of(card):
    """The evaluation on the test pictures of the model's own data; offers to make it when it is missing."""
    file = library.folder(card.id) / "evaluations" / "test.json"
    stamp = (str(file), file.stat().st_mtime_ns if file.exists() else 0)
    if report := load(card.id, "test", stamp):
        return report
    return measure_on_demand(card)


def measure_on_demand(card):
    """Measure now, on demand; what is under way is found again after a reload. None where there are no pictures."""
    if not gallery.is_stored(card.data):
        unmeasurable(card)
        return None
    st.info("This model hasn't been measured on its test pictures yet.")
    key = ("evaluate", pick.stamp(card.id))
    if not st.toggle("Measure it now", background.is_known(key), key="evaluate.now"):
        st.stop()
    reports: list[evaluation.Evaluation] = []
    make, title = partial(measure, card), "Answering every test picture"
    background.wait([background.Request(st.container(), "evaluate", title, key, make, reports.append, stays=True)])
    if not reports:
        st.stop()
    return reports[0]


def unmeasurable(card) -> None:
    """Why a model can't be measured here, and what can be done about it."""
    if data.summary(card.data):
        st.info("This model hasn't been measured yet, and its test pictures aren't on this machine.")
        st.page_link(shell.path("data"), label="Add the data set", icon=":material/arrow_forward:")
        return
    st.info(
        formatting.plain(
            f"This model wasn't measured here: its data set, {card.data}, can't be had. {card.description}"
        )
    )
    st.write(
        "It can be measured on pictures of your own with the same names of classes, by "
        f"`python -m mlcore evaluate {card.id} --data NAME`."
    )


def measure(card: Card, progress: Progress) -> evaluation.Evaluation:
    """Compare the model with the truth of its test pictures; `progress` hears how far it is."""
    classifier = pick.classifier(card)
    return evaluation.evaluate(classifier, own_data(classifier).split("test"), progress=progress)


def headline(report) -> None:
    """Accuracy with its interval, first, and what has to be known with it."""
    if report.note:
        st.warning(formatting.plain(report.note))
    elif older := moved_on(report.data, report.fingerprint):
        st.info(formatting.plain(f"{older} The figures below are those of the version that the model learned from."))
    shown = {"Right (accuracy)": report.accuracy} | {
        f"Right among {k} (top {k})": v for k, v in report.top_accuracy.items()
    }
    for cell, (name, share) in zip(cells(len(shown), 3, METRIC_WIDTH), shown.items(), strict=True):
        cell.metric(
            name,
            formatting.percent(share.value),
            border=True,
            height=METRIC_HEIGHT,
            delta=formatting.bounds(share),
            delta_color="off",
            delta_arrow="off",
        )
    st.caption(
        f"Measured on {formatting.count(report.accuracy.n, 'test picture')}. With other pictures of the same kind, "
        "19 of 20 such intervals hold the true share."
    )
    name, always = report.commonest
    st.caption(
        formatting.plain(
            f"Always answering {name}, the commonest class, would be right in {formatting.percent(always.value)}. "
            f"Each class counting the same, {formatting.percent(report.balanced)} are right (balanced accuracy)."
        )
    )


def hundredths(share: float | None) -> float | None:
    """A share as a table wants it: 0.934 is 93.4."""
    return None if share is None else share * 100


def per_class(report) -> None:
    """Precision, recall and F1 of each class."""
    st.subheader("Class by class (precision and recall)", anchor=False)
    rows = [
        {
            "Class": each.name,
            "Recognised": hundredths(each.recall),
            "95\u00a0% interval": formatting.bounds(each.accuracy),
            "Right when named": hundredths(each.precision),
            "F1": hundredths(each.f1),
            "Pictures": each.n,
        }
        for each in report.per_class
    ]
    shares = [share for each in report.per_class for share in (each.recall, each.precision, each.f1)]
    column = partial(st.column_config.NumberColumn, format=formatting.percent_format(shares))
    columns = {
        "Recognised": column(help="Recall: share of the class that was found"),
        "Right when named": column(help="Precision: share of these answers that was right"),
        "F1": column(help="Harmonic mean of the two"),
    }
    table(
        rows,
        "evaluate.classes",
        "classes.csv",
        height=table_height(len(rows)),
        column_config=columns,
        alt="Scores of each class",
    )


def confusion(report, card) -> None:
    """What is taken for what; a click on a cell shows its pictures."""
    st.subheader("What is taken for what (confusion matrix)", anchor=False)
    names = {str(index): name for index, name in enumerate(report.classes)}
    worst = (report.top_confusions(1) or [None])[0]
    left, right = st.columns([3, 2], gap="large")
    with left:
        if report.shows_table:
            charts.confusion(
                report.confusion, report.classes, "evaluate.confusion", on_select=clicked, selection_mode="points"
            )
            st.caption("Blue: right. From amber to red: mistakes. A click on a cell shows its pictures.")
        else:
            table(
                [
                    {"Truth": names[str(c.truth)], "Answer": names[str(c.predicted)], "Pictures": c.count}
                    for c in report.top_confusions(50)
                ],
                "evaluate.confusions",
                "confusions.csv",
                alt="The most frequent confusions",
            )
    with right:
        truth = pick.one("Truth", names, "truth", str(worst.truth) if worst else None, context=card.id)
        answer = pick.one("Answer", names, "answer", str(worst.predicted) if worst else None, context=card.id)
        if report.answers is not None:
            with st.container(key="evaluate.chosen"):
                chosen = evaluation.cell(report.answers, int(truth), int(answer))
                st.text(f"{formatting.count(len(chosen), 'picture')} of {names[truth]}, answered {names[answer]}.")
                gallery.answers(card, report, chosen, "evaluate.cell", columns=3, most=9)
            if clicks := st.session_state.get("evaluate.clicks"):
                into_view("evaluate.chosen", clicks, "The pictures of this cell")


def clicked() -> None:
    """Take the clicked cell into the two pickers; a callback."""
    points = st.session_state["evaluate.confusion"].selection.points
    if points:
        address.choose("truth", str(round(points[0]["y"])))
        address.choose("answer", str(round(points[0]["x"])))
        st.session_state["evaluate.clicks"] = st.session_state.get("evaluate.clicks", 0) + 1


def mistakes(report, card) -> None:
    """The wrong answers that the model was surest of."""
    st.subheader("Most confident mistakes", anchor=False)
    if report.answers is None:
        st.write("The single answers weren't kept with this model.")
        return
    chosen = evaluation.mistakes(report.answers, 12)
    if not len(chosen):
        st.write("There are none: every test picture was answered right.")
    gallery.answers(card, report, chosen, "evaluate.mistakes", columns=6, most=12)


shell.heading("evaluate")
with trouble("Evaluating"):
    measured = [card for card in library.classifiers() if card.accuracy]
    model = pick.model(default=next(iter(pick.titled(measured)), None))
    result = evaluation_of(model)
    if result:
        headline(result)
        per_class(result)
        confusion(result, model)
        mistakes(result, model)
        honesty(result, model)
    strangers(model)
