"""Which of the maps to believe: sanity checks of each run behind the page, one sentence sums them up."""

import streamlit as st

from mlcore.explanation import judge
from pages.parts import background
from pages.parts.explain.verdict import badge
from pages.parts.formatting import plain

SMALL = 64  # pixels a side
ON = True  # whether maps are tested unless somebody switches it off
OPENINGS = {"believe": "Believe", "unclear": "Unclear", "looks nice": "No better than nice to look at"}


def takes_long(card) -> bool:
    """Whether answers of a model take too long for what nobody asked for yet: of clips, and of large pictures."""
    return card.is_sequence or max(card.size) > SMALL


def wanted() -> bool:
    """The switch; whether the maps are to be tested."""
    return st.toggle(
        "Test which maps to believe",
        ON,
        key="explain.grade",
        persist_state="session",
        help="Takes places away, the strongest first, and compares with random maps; adds noise; tries a network with "
        "random weights. Some seconds for each map.",
    )


def request(explanation, entry, subject, slot, grades: dict) -> background.Request | None:
    """The test of a map, whose verdict is drawn in the slot and kept in `grades` under the method's title.

    What a slow method's map takes, or that of a clip or a large picture, is multiplied by seven: its test waits for
    a click.
    """
    key = ("grade", *subject.key, explanation.method, explanation.target, repr(explanation.settings))
    name = f"explain.{explanation.method}.grade"
    if ("slow" in entry.traits or takes_long(subject.card)) and st.session_state.get(f"{name}.wanted") != key:
        slot.button("Test this map", key=f"{name}.start", on_click=_want, args=(name, key))
        return None

    def make(progress):
        return judge.judge(subject.classifier, explanation, progress=progress)

    def show(grade):
        grades[entry.title] = grade
        badge(grade, name)

    return background.Request(slot, name, "Testing", key, make, show, queue="patient")


def _want(name: str, key: tuple) -> None:
    st.session_state[f"{name}.wanted"] = key


def summary(grades: dict) -> str:
    """All verdicts in a sentence each, the best first."""
    sentences = []
    for verdict, opening in OPENINGS.items():
        titles = [plain(title) for title, grade in grades.items() if grade.verdict == verdict]
        sentences += [f"**{opening}:** {', '.join(titles)}."] if titles else []
    return " ".join(sentences)
