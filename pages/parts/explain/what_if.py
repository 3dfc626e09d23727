"""Ask again: cover, turn or tone the picture and see the answer move; the counterfactual search."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from mlcore import images
from mlcore.explanation.counterfactual.edit import FILLS, Edit, Fill, covered, edited
from mlcore.explanation.counterfactual.search import Counterfactual, CounterfactualSettings, counterfactual
from mlcore.library.classifier import Prediction
from mlcore.settings import fields, read
from pages.parts import background, charts, formatting
from pages.parts.answer.answer import network_view
from pages.parts.components.before_after import before_after
from pages.parts.components.brush import brush
from pages.parts.components.into_view import into_view
from pages.parts.explain.subject import EDITED
from pages.parts.form import form
from pages.parts.layout import cells, reserved
from pages.parts.repair import fills

SHOWN = 5  # classes in the chart
PAINTED_HEIGHT = 400  # pixels of brushes and picture, about
CONTROL_WIDTH = 150  # pixels: two side by side on a phone


@st.fragment
def ask_again(subject) -> None:
    """The picture to paint on beside what becomes of it and of the answer."""
    paint, now = st.columns(2, gap="medium")
    controls, bars = st.columns(2, gap="medium")
    with paint, reserved("ask.place", PAINTED_HEIGHT):
        mask = brush(_to_paint_on(subject), "ask.brush", subject.chosen.name, sharp=not subject.view)
    with controls:
        edit, repair = _edit(), _repair()
    after = edited(subject.pixels, mask, edit, repair)
    then = subject.classifier.predict(after)
    with now, st.container(key="ask.now"):
        st.write(_answered(subject.prediction, then))
        enlarged = repair and _enlarged(repair, subject.pixels)
        was, now_is = subject.side_by_side(lambda own: edited(own, mask, edit, enlarged), after)
        before_after(was, now_is, "ask.pair", subject.chosen.name, sharp=not subject.view)
        st.caption(_of_what(subject))
    with bars:
        _bars(subject.prediction, then)
    into_view("ask.now", (subject.key, then.probabilities.tobytes()), "The answer now", gently=True)
    st.divider()
    _counterfactual(subject)


def _to_paint_on(subject) -> np.ndarray:
    """What the network sees: of a photograph in its own size."""
    if subject.view:
        return images.thumbnail(subject.view.seen, EDITED)
    return network_view(subject.classifier, subject.chosen.picture)


def _enlarged(repair: Fill, pixels: np.ndarray) -> Fill:
    """The repair of a picture in its own size: made where the network sees it, and enlarged."""
    return lambda own, hole: images.fit(covered(pixels, hole, repair), *own.shape[:2])


def _of_what(subject) -> str:
    height, width = subject.card.size
    seen = f"The network sees both at {width} x {height} pixels." if subject.view else "As the network sees them."
    return f"Before and after. {seen}"


def _edit() -> Edit:
    """A control for each setting of an edit."""
    values = {}
    specs = sorted(fields(Edit), key=lambda spec: not spec.choices)
    choices = [st.container() for spec in specs if spec.choices]
    for cell, spec in zip([*choices, *cells(len(specs) - len(choices), 2, CONTROL_WIDTH)], specs, strict=True):
        key = f"ask.{spec.name}"
        common: dict[str, Any] = {"label": spec.label, "help": spec.help, "key": key, "persist_state": "session"}
        st.session_state.setdefault(key, spec.default)
        if spec.choices:
            common |= {"options": spec.choices, "format_func": str.capitalize, "required": True}
            values[spec.name] = cell.segmented_control(**common)
        else:
            step = 1.0 if (spec.high or 0) > 10 else 0.05
            bounds = {"min_value": spec.low, "max_value": spec.high, "step": step, "format": "%g"}
            values[spec.name] = cell.slider(**common, **bounds)
    st.button("Back to the picture as it was", key="ask.reset", icon=":material/restart_alt:", on_click=_reset)
    return read(Edit, values)


def _repair():
    """A way to repair the marked region, where one is chosen: then the picture is asked about as if it had no hole."""
    ways = {"": "Cover it, as chosen above"} | fills.ways()
    way = st.selectbox("Or repair the region", list(ways), format_func=formatting.title_in(ways), key="ask.repair")
    return partial(fills.filled, way) if way else None


def _reset() -> None:
    for spec in fields(Edit):
        if not spec.choices:
            st.session_state[f"ask.{spec.name}"] = spec.default


def _answered(before: Prediction, then: Prediction) -> str:
    """What the model thinks now, in a sentence."""
    names = [
        f"{formatting.plain(each.best_name)} ({formatting.probability(each.confidence)})" for each in (before, then)
    ]
    if before.best == then.best:
        return f"Still {names[1]}; it was {formatting.probability(before.confidence)}."
    return f"From {names[0]} to **{names[1]}**."


def _bars(before: Prediction, then: Prediction) -> None:
    """What the model thought of the likeliest classes, and thinks now."""
    order = np.argsort(-np.maximum(before.probabilities, then.probabilities), kind="stable")[:SHOWN]
    likely = sorted(order.tolist(), key=lambda each: -before.probabilities[each])
    classes = [before.classes[each] for each in likely]
    charts.shift(classes, before.probabilities[likely], then.probabilities[likely], "ask.chart")


def _counterfactual(subject) -> None:
    """The smallest covering that changes the answer, searched when asked for."""
    st.subheader("What would change its mind?", anchor=False)
    st.write("Searches the smallest part of the picture that, once covered, turns the answer into another.")
    with st.container(horizontal=True):
        start = st.button("Search", key="ask.flip.search", type="primary", icon=":material/search:")
        with st.popover("Settings", key="ask.flip.fold"):
            settings = read(CounterfactualSettings, form(CounterfactualSettings, "ask.flip", columns=1))
    key = ("flip", *subject.key, repr(settings))
    if start:
        st.session_state["ask.flip.wanted"] = key
        st.session_state.pop("ask.flip.off", None)
    if st.session_state.get("ask.flip.wanted") == key:
        make, show = _search(subject, settings), _show_search(subject, settings)
        slot = st.container(key="ask.flip.result")
        into_view("ask.flip.result", key, "What would change its mind")
        background.wait([background.Request(slot, "ask.flip", "Searching", key, make, show)])


def _search(subject, settings: CounterfactualSettings):
    return lambda progress: counterfactual(subject.classifier.logits, subject.pixels, settings, progress)


def _covered(own: np.ndarray, mask: np.ndarray, fill: str) -> np.ndarray:
    """The same patches covered in a picture of another size."""
    rows, columns = (np.arange(side) * count // side for side, count in zip(own.shape, mask.shape, strict=False))
    return covered(own, mask[rows[:, None], columns], FILLS[fill])


def _show_search(subject, settings: CounterfactualSettings):
    def show(result: Counterfactual) -> None:
        answer, other = (f"{formatting.plain(subject.card.classes[each])}" for each in (result.before, result.after))
        tried = f"{result.asked:,} covered pictures were tried."
        if not result.exists:
            most = (
                f"with up to {formatting.percent(settings.most, 0)} of the picture covered, first where it hurts most"
            )
            st.info(f"No such part was found: {most}, the answer stays {answer}. {tried}")
            return
        patches = f"{formatting.count(result.patches, 'patch', 'patches')} of {result.of}"
        needed = f"; without any one of them it stays {answer}" if result.patches > 1 else ""
        part = f"**{formatting.percent(result.share)}** of the picture ({patches})"
        st.write(f"Covering {part} turns {answer} into **{other}**{needed}.")
        with st.container(width=420):
            before, after = subject.side_by_side(lambda own: _covered(own, result.mask, settings.fill), result.picture)
            name, sharp = subject.chosen.name, not subject.view
            before_after(before, after, "ask.flip.pair", name, start=0, sharp=sharp)
        st.caption(f"{tried} There may be a smaller part that the search didn't meet.")

    return show
