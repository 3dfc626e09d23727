"""How far an answer can be believed (calibration), in words: what was measured of answers about as sure as it."""

from dataclasses import dataclass

import streamlit as st

from mlcore import evaluation, library
from mlcore.evaluation.threshold import EVEN_ODDS, FEWEST
from mlcore.library.card import Card
from mlcore.library.certainty import PROMISE, Certainty, Level
from mlcore.library.classifier import Prediction
from pages.parts.formatting import count, percent, plain

NO_SETS = (
    "Too few held-out answers weren't sure to name classes that the truth is among 9 times in 10: that takes nine."
)
NAMED = 6  # classes of a set; the rest is counted


@dataclass(frozen=True)
class Backing:
    """What stands behind a model's confidence: what was measured, and how many pictures it was fitted on."""

    certainty: Certainty | None
    calibrated_on: int | None

    @property
    def few(self) -> bool:
        """Whether so few pictures were at hand that no answer can be called sure."""
        return self.calibrated_on is not None and self.calibrated_on < FEWEST


def backing_of(card: Card) -> Backing:
    """What stands behind a model of the library; of older ones, what is kept of their test."""
    return Backing(card.certainty or _of_kept_answers(card.id, card.created, card), card.calibrated_on)


@st.cache_data(max_entries=8, show_spinner=False)
def _of_kept_answers(id: str, created: str, _card: Card) -> Certainty | None:
    return evaluation.certainty_of(_card, library.folder(id))


def heading(prediction: Prediction, backing: Backing) -> str:
    """The answer in a word or two, no surer than what was measured allows."""
    if prediction.sure:
        return prediction.best_name
    likely = backing.few and prediction.confidence >= EVEN_ODDS
    return f"Perhaps {prediction.best_name}" if likely else "Not sure"


def sentence(prediction: Prediction, backing: Backing) -> str:
    """How often held-out answers about as sure were right."""
    level = backing.certainty.near(prediction.confidence) if backing.certainty else None
    if level is None:
        return "How far that can be believed wasn't measured."
    parts = [of_such(level), why_never(prediction.threshold, backing)]
    return " ".join(part for part in parts if part)


def of_such(level: Level) -> str:
    """'Of 297 held-out answers as sure as this (50 to 60 %), 59 % were right (54 to 65).'"""
    value, low, high = level.accuracy.percents(0)
    about = between(level)
    such = f" as sure as this ({about})" if about else ""
    return f"Of {count(level.n, 'held-out answer')}{such}, {value}\u00a0% were right ({low} to {high})."


def between(level: Level) -> str:
    """The confidences of a level; nothing where it holds all."""
    if level.low <= 0 and level.high >= 1:
        return ""
    if level.low <= 0:
        return f"under {percent(level.high, 0)}"
    return (
        f"{percent(level.low, 0)} and over" if level.high >= 1 else f"{level.low * 100:.0f} to {percent(level.high, 0)}"
    )


def alternatives(prediction: Prediction, backing: Backing) -> None:
    """Where one class isn't enough: those among which the truth is 9 times in 10."""
    names = prediction.set
    if prediction.sure or len(names or "nobody") == 1:
        return
    if names is None:
        if backing.calibrated_on is not None:
            st.caption(NO_SETS)
        return
    st.write(f"{one_of(names, len(prediction.classes))} ({percent(PROMISE, 0)})")
    sets = backing.certainty.unsure_sets if backing.certainty else None
    if sets:
        value, low, high = sets.share.percents(0)
        answers = count(sets.share.n, "held-out answer")
        st.caption(
            f"Of {answers} that weren't sure, {value}\u00a0% had the truth among the classes named so "
            f"({low} to {high})."
        )


def one_of(names: tuple[str, ...], classes: int) -> str:
    """'One of: daisy, mushroom, bee'; of many the likeliest."""
    if len(names) == classes:
        return f"Any of its {classes} classes"
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"One of: {', '.join(map(plain, names[:NAMED]))}{more}"


def why_never(threshold: float, backing: Backing) -> str:
    """Why a model calls no answer sure, where that is so."""
    if backing.few:
        aside = count(backing.calibrated_on or 0, "picture") if backing.calibrated_on else "no picture"
        return f"Confidence was measured on {aside} only: calling an answer sure takes {FEWEST}."
    return "No answer of this model was right often enough to be called sure." if threshold > 1 else ""
