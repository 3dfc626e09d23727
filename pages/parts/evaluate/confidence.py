"""Whether a model knows when it is right: calibration, the threshold of 'sure' and its prediction sets, as measured."""

import streamlit as st

from mlcore import evaluation, library
from mlcore.library.certainty import PROMISE
from pages.parts import charts, formatting
from pages.parts.answer import trust
from pages.parts.layout import table_height


def honesty(report, card) -> None:
    """Whether 80 % sure answers come true 80 times in 100, and what is called sure."""
    st.subheader("Does it know when it is right? (calibration)", anchor=False)
    left, right = st.columns([3, 2], gap="large")
    with left:
        charts.reliability(report.bins_before, report.bins_after, "evaluate.reliability")
    with right:
        st.metric(
            "Gap before calibration",
            formatting.percent(report.ece_before),
            border=True,
            help="Expected calibration error: mean distance between confidence and share of right answers",
        )
        st.metric("Gap after calibration", formatting.percent(report.ece_after), border=True)
        st.caption(
            f"Calibration divides the scores by {report.temperature:.2f}{_fitted_on(card)}. "
            "It changes how sure the model is, never what it answers."
        )
    if certainty := report.certainty or evaluation.certainty_of(card, library.folder(card.id)):
        _how_sure(certainty, card)
        _sets(certainty, card)


def _fitted_on(card) -> str:
    """What temperature, threshold and sets rest on."""
    if card.calibrated_on is None:
        return ", fitted on validation pictures" if card.threshold_precision is not None else ": it wasn't calibrated"
    if not card.calibrated_on:
        return ": there were no validation pictures to calibrate on"
    return f", fitted on {formatting.count(card.calibrated_on, 'picture')} that it didn't learn from"


def _how_sure(certainty, card) -> None:
    """How often answers of about the same confidence were right, and from where on they are called sure."""
    rows = [
        {
            "Confidence": trust.between(level) or "any",
            "Right": formatting.percent(level.accuracy.value),
            "95\u00a0% interval": formatting.bounds(level.accuracy),
            "Answers": level.n,
        }
        for level in reversed(certainty.levels)
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height=table_height(len(rows)),
        key="evaluate.levels",
        alt="How often answers were right, by confidence",
    )
    if certainty.sure:
        st.caption(
            f"An answer is called sure from {formatting.percent(card.threshold)} on: with 19 of 20 certainty at least "
            f"{formatting.percent(PROMISE, 0)} are right at that confidence, by the pictures it was fitted on. Of all "
            f"sure answers here were right: {formatting.plain(certainty.sure.text())}."
        )
    elif card.threshold > 1:
        st.caption(trust.why_never(card.threshold, trust.backing_of(card)))


def _sets(certainty, card) -> None:
    """How often the truth was among the classes that are named for an answer that isn't sure."""
    if certainty.sets is None:
        if card.calibrated_on is not None:
            st.caption(trust.NO_SETS)
        return
    shown = {"all answers": certainty.sets, "answers that aren't sure": certainty.unsure_sets}
    for name, each in shown.items():
        if each:
            st.write(
                f"For {name} the truth was among the classes named in {formatting.plain(each.share.text())}; "
                f"{each.size:.2f} classes were named on average."
            )
    st.caption(
        f"For an answer that isn't sure, classes are named so that the truth is among them in "
        f"{formatting.percent(PROMISE, 0)} of cases (split conformal prediction)."
    )
