"""Attribution (saliency) maps of one picture by several methods, side by side: why this answer."""

import hashlib
import inspect
from itertools import compress
from typing import Any

import numpy as np
import streamlit as st

from mlcore.explanation import Explanation, cache, judge, methods
from mlcore.explanation.judge import Grade
from mlcore.progress import Progress
from mlcore.settings import fields
from pages.parts import address, background, formatting, pick
from pages.parts.components.overlay import aside, laid_over
from pages.parts.explain import downloads, grades, link
from pages.parts.explain.strength import strength
from pages.parts.form import form
from pages.parts.formatting import title_in
from pages.parts.layout import WIDGET_HEIGHT, cells, reserved

LIKELY = 9  # classes whose maps are worked out while a person looks at those of another, the likeliest first
AT_ONCE = 3  # of them are put aside together
CLASS_WIDTH, STRENGTH_WIDTH = 180, 140  # pixels: side by side on a phone
MAP_HEIGHT = 128  # pixels: of a photograph on a phone
METHOD_WIDTH = 155  # pixels: two maps side by side on a phone
COLUMNS = 3  # of few methods; more stand in four
UNMEASURED = ("grad-cam", "smoothgrad", "occlusion")  # for a model without a report: one of each group
GROUPS = {
    "By gradients": "How the score reacts when pixels change a little",
    "By feature maps": "Which places of the network's own maps speak for the class",
    "By covering parts": "What the score loses when parts are hidden; slower, and it needs no gradient",
}


def group(entry) -> str:
    """The group that a method belongs to, by its traits: what is slow without a background asks many times."""
    gradients, maps, covering = GROUPS
    asks = "slow" in entry.traits and "background" not in entry.traits
    return maps if "coarse" in entry.traits else covering if asks else gradients


@st.fragment
def attribution_maps(subject) -> None:
    """A line of choices, then the maps, and below them which to believe."""
    target, covering, wanted = _choices(subject)
    with st.container(key="explain.maps"):
        places = cells(len(wanted), 4 if len(wanted) > COLUMNS else COLUMNS, METHOD_WIDTH)
    graded: dict[str, Grade] | None = {} if grades.wanted() else None
    verdict = st.empty()
    link.read_settings(wanted, "explain")
    chosen = [_settings(entry, cell) for entry, cell in zip(wanted, places, strict=True)]
    link.write_settings({entry.name: settings for entry, (settings, _) in zip(wanted, chosen, strict=True)}, wanted)

    def requests(target: int) -> list[background.Request]:
        return [
            _request(entry, settings, subject, target, covering, places, graded)
            for entry, (settings, places) in zip(wanted, chosen, strict=True)
        ]

    background.wait(_in_turn(requests(target), wanted))
    if graded:
        verdict.markdown(grades.summary(graded))
    if not grades.takes_long(subject.card):
        quick = [not {"slow", "random"} <= set(entry.traits) for entry in wanted]
        likely = _likely(subject, target)
        for start in range(0, len(likely), AT_ONCE):
            group = likely[start : start + AT_ONCE]
            _put_aside(subject, [each for one in group for each in compress(requests(one), quick)], start)


def _choices(subject) -> tuple[int, float, list]:
    """Class, strength and methods, in one line where there is room."""
    context = (subject.card.id, subject.chosen.picture.sha256)
    row = reserved("explain.row", WIDGET_HEIGHT)
    with row, st.container(horizontal=True, vertical_alignment="bottom", key="explain.choices"):
        usual, options = str(subject.prediction.best), {"width": CLASS_WIDTH}
        target = int(pick.one("Class to explain", subject.titles, "target", usual, context=context, **options))
        covering = strength(STRENGTH_WIDTH)
        with st.popover("More methods", key="explain.methods.fold"):
            return target, covering, _methods(_first_of(subject))


def _put_aside(subject, ahead: list, number: int) -> None:
    """Work out what a person is likely to ask for next, and have it at hand in the browser."""
    maps: dict[str, list] = {}
    for explanation in background.ahead(ahead):
        maps.setdefault(_about(subject, explanation), []).append(explanation)
    aside(maps, f"explain.aside.{number}")


def _about(subject, explanation) -> str:
    """What the maps of one method for several classes have in common."""
    return hashlib.sha256(repr((*subject.key, explanation.method, explanation.settings)).encode()).hexdigest()[:16]


def _likely(subject, target: int) -> list[int]:
    """The classes that a person is likely to choose next: the most probable ones but this."""
    order = np.argsort(-subject.prediction.probabilities, kind="stable")[: LIKELY + 1]
    return [int(index) for index in order if index != target][:LIKELY]


def _first_of(subject) -> tuple[str, ...]:
    """The methods to begin with: those that earned it by the model's report, the best of each group before others."""
    report = judge.load(subject.classifier)
    earned = report.earned() if report else ()
    best = {group(methods.get(name)): name for name in reversed(earned)}.values()
    return tuple(sorted(earned, key=lambda name: name not in best)[: len(UNMEASURED)]) or UNMEASURED


def _in_turn(requests: list[background.Request], wanted: list) -> list[background.Request]:
    """What is quick first, for two maps are worked out at a time."""
    slow = {entry.title: ("slow" in entry.traits, "coarse" not in entry.traits) for entry in wanted}
    return sorted(requests, key=lambda request: slow[request.title])


def _methods(first: tuple[str, ...]) -> list:
    """The chosen methods, group by group; the address holds their names. `first` are those before anybody chose."""
    entries = {entry.name: entry for entry in methods.all()}
    asked = address.take("methods")
    first = tuple(asked.split(",")) if asked else first
    wanted: list[str] = []
    for number, (title, help) in enumerate(GROUPS.items()):
        names = {name: entry.title for name, entry in entries.items() if group(entry) == title}
        key = f"explain.methods.{number}"
        if asked or key not in st.session_state:
            st.session_state[key] = [name for name in names if name in first]
        options: dict[str, Any] = {"selection_mode": "multi", "wrap": True, "key": key, "persist_state": "session"}
        wanted += st.pills(title, list(names), format_func=title_in(names), help=help, **options) if names else []
    address.show("methods", ",".join(wanted))
    return [entries[name] for name in wanted]


def _request(entry, settings: dict, subject, target: int, covering: float, places, graded) -> background.Request:
    """A method's map, in the first of two places; how to read it and its downloads in the second."""

    def make(progress: Progress) -> Explanation:
        picture = subject.chosen.picture
        return cache.explained(subject.classifier, picture, entry.name, target, progress=progress, **settings)

    def show(explanation: Explanation) -> background.Request | None:
        alt = f"{entry.title} map of {subject.chosen.name} for {explanation.class_name}"
        about, view = _about(subject, explanation), subject.view
        laid_over(explanation, covering, alt, f"explain.{entry.name}.map", about, view=view)
        with places[1]:
            slot = st.container()
            legend(explanation, inspect.getdoc(entry.run) or "")
            downloads.downloads(explanation, subject, covering, f"explain.{entry.name}")
        return grades.request(explanation, entry, subject, slot, graded) if graded is not None else None

    key = ("explain", *subject.key, entry.name, target, repr(settings))
    return background.Request(places[0], f"explain.{entry.name}", entry.title, key, make, show)


def _settings(entry, cell) -> tuple[dict, tuple]:
    """A method's title and settings; gives the values, and the places for its map and for words on it."""
    with cell:
        st.markdown(f"**{entry.title}**", help=entry.summary)
        places = reserved(f"explain.place.{entry.name}", MAP_HEIGHT), st.container()
        fold: dict[str, Any] = {"key": f"explain.{entry.name}.fold", "disabled": not fields(entry.settings)}
        with places[1], st.popover("Settings", **fold):
            values = form(entry.settings, f"explain.{entry.name}", columns=1)
            st.caption(background.LIMITS)
            return values, places


def legend(explanation, explained_in: str = "") -> None:
    """How to read the colours, and what the method measured."""
    colours = "Red speaks for the class, blue against it.", "The brighter, the more it mattered."
    st.caption(colours[0] if explanation.signed else colours[1])
    for name, value in explanation.diagnostics.items():
        measure = f"{name.replace('_', ' ').capitalize()}: {number(value)}"
        st.caption(formatting.plain(measure), help=explained_in if f"`{name}`" in explained_in else None)


def number(value) -> str:
    """A measured value, short; what a program calls by a name of its own, as a person writes it."""
    return formatting.decimal(value) if isinstance(value, float) else formatting.spelled(str(value))
