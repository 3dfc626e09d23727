"""Compare attribution maps: two classes, two models or two methods, on one picture in the same colours."""

from dataclasses import dataclass

import streamlit as st

from mlcore import explanation, library
from mlcore.explanation import Explanation, cache
from mlcore.explanation.render import overlay
from mlcore.explanation.toolkit.agreement import rank_correlation
from pages.parts import background, formatting, pick
from pages.parts.components.into_view import into_view
from pages.parts.components.overlay import laid_over
from pages.parts.explain import downloads
from pages.parts.explain.strength import strength
from pages.parts.explain.subject import Subject
from pages.parts.layout import cells

WHAT = {"classes": "Two classes", "models": "Two models", "methods": "Two methods"}
CHOICE_WIDTH = 150  # pixels: two side by side on a phone


@dataclass(frozen=True)
class Side:
    """One side of a comparison."""

    title: str
    subject: Subject
    method: str
    target: int


@st.fragment
def compare(subject) -> None:
    """What differs, in a line of choices; then two maps with one colour scale."""
    what = pick.one("Compare", WHAT, "compare", widget=st.segmented_control, required=True)
    slots = cells(4, 4, CHOICE_WIDTH)
    methods = {entry.name: entry.title for entry in explanation.methods.all()}
    sides = {"classes": _classes, "models": _models, "methods": _methods}[what](subject, methods, *slots[:3])
    with slots[3]:
        covering = strength()
    if sides:
        _draw(sides, what, covering)


def _classes(subject, methods, first, left, right) -> list[Side]:
    with first:
        method = pick.one("Method", methods, "method", "integrated-gradients")
    best, second = (str(subject.card.classes.index(name)) for name, _ in subject.prediction.top(2))
    context = (subject.card.id, subject.chosen.picture.sha256)
    with left:
        one = int(pick.one("One class", subject.titles, "target", best, context=context))
    with right:
        other = int(pick.one("The other class", subject.titles, "other", second, context=context))
    return [Side(subject.card.classes[each], subject, method, each) for each in (one, other)]


def _models(subject, methods, first, left, right) -> list[Side]:
    rivals = {
        card.id: card.title
        for card in library.all()
        if card.id != subject.card.id and set(card.classes) & set(subject.card.classes)
    }
    if not rivals:
        st.info("There is no other model here that knows one of these classes; train a second one to compare.")
        return []
    with first:
        method = pick.one("Method", methods, "method", "integrated-gradients")
    with right:
        card = library.card_of(pick.one("The other model", rivals, "rival"))
    shared = {name: name for name in subject.card.classes if name in card.classes}
    with left:
        name = pick.one("Class", shared, "shared", subject.prediction.best_name)
    classifier = pick.classifier(card)
    other = Subject(card, classifier, subject.chosen, classifier.predict(subject.chosen.picture))
    return [Side(each.card.title, each, method, each.card.classes.index(name)) for each in (subject, other)]


def _methods(subject, methods, first, left, right) -> list[Side]:
    context = (subject.card.id, subject.chosen.picture.sha256)
    usual = str(subject.prediction.best)
    with first:
        target = int(pick.one("Class to explain", subject.titles, "target", usual, context=context))
    with left:
        one = pick.one("One method", methods, "method", "integrated-gradients")
    with right:
        other = pick.one("The other method", methods, "against", "grad-cam")
    return [Side(methods[each], subject, each, target) for each in (one, other)]


def _draw(sides: list[Side], what: str, covering: float) -> None:
    """Both maps once both are there, for they share their colours."""
    explanations: dict[int, Explanation] = {}
    background.wait([_request(side, explanations, position) for position, side in enumerate(sides)])
    if len(explanations) < 2:
        return
    pair = [explanations[position] for position in (0, 1)]
    with st.container(key="compare.pair"):
        _draw_pair(sides, pair, Scale.of(pair, alone=what == "methods"), covering)
    _agreement(pair)
    into_view("compare.pair", [(side.subject.key, side.method, side.target) for side in sides], "The two maps")


def _draw_pair(sides: list[Side], pair: list[Explanation], scale: "Scale", covering: float) -> None:
    """Two maps side by side, and their colours."""
    for position, column in enumerate(st.columns(2, gap="large")):
        side, each, top = sides[position], pair[position], scale.tops[position]
        with column:
            st.markdown(f"**{formatting.plain(side.title)}**")
            alt = f"{side.title}: {each.method} map for {each.class_name}"
            key, view = f"compare.{position}.map", side.subject.view
            laid_over(each, covering, alt, key, signed=scale.signed, top=top, view=view)
            answer = side.subject.prediction
            share = formatting.probability(float(answer.probabilities[side.target]))
            st.caption(f"{formatting.plain(each.class_name)}: {share}, score {each.score:.3g}")
            downloads.downloads(each, side.subject, covering, f"compare.{position}")
    scale.draw()


@dataclass(frozen=True)
class Scale:
    """The colours of two maps: whether they have two signs, and each map's heat of the last colour."""

    signed: bool
    tops: tuple[float, float]
    alone: bool

    @classmethod
    def of(cls, pair: list, alone: bool) -> "Scale":
        """One scale for both; methods have units of their own, so each of theirs goes up to its own strongest."""
        signed = any(each.signed for each in pair)
        heats = [each.heat for each in pair]
        shared = overlay.strongest(heats, signed)
        first, second = (overlay.strongest([heat], signed) if alone else shared for heat in heats)
        return cls(signed, (first, second), alone)

    def draw(self) -> None:
        """The colours with what they stand for."""
        unit = "of each method's own strongest places" if self.alone else "in the score, the same for both maps"
        most = "100\u00a0%" if self.alone else f"{self.tops[0]:.3g}"
        least = f"−{most}" if self.signed else "0"
        st.image(overlay.scale(self.signed), width="stretch", alt=f"Colour scale from {least} to {most} {unit}")
        left, right = st.columns(2)
        left.caption(f"{least}: {'against the class' if self.signed else 'did not matter'}")
        right.caption(f"{most} {unit}", text_alignment="right")


def _request(side: Side, explanations: dict[int, Explanation], position: int) -> background.Request:
    def make(progress):
        picture = side.subject.chosen.picture
        return cache.explained(side.subject.classifier, picture, side.method, side.target, progress=progress)

    def show(explained):
        explanations[position] = explained

    key = ("explain", *side.subject.key, side.method, side.target, "default")
    return background.Request(st.container(), f"compare.{position}", side.title, key, make, show)


def _agreement(pair: list) -> None:
    one, other = (each.heat for each in pair)
    if one.shape == other.shape:
        value = rank_correlation(one, other)
        st.write(f"The two maps rank the places of the picture {_alike(value)} (rank correlation {value:.2f}).")


def _alike(value: float) -> str:
    if value > 0.8:
        return "almost the same way"
    if value > 0.4:
        return "in a similar way"
    return "in different ways" if value > -0.4 else "in nearly opposite ways"
