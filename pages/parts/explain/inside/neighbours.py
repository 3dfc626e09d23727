"""Nearest neighbours in feature space among the training pictures, and the prototypes of a class."""

import streamlit as st

from mlcore.errors import Refused
from mlcore.explanation.inside import neighbours
from pages.parts import background, formatting, pick, shell
from pages.parts.answer.alike import of_how_many, request, row
from pages.parts.components.into_view import into_view

QUICK = 2000  # pictures that take some seconds: 0.9 s for 512 of 32 x 32 pixels on two cores


def nearest_neighbours(subject) -> None:
    """The training pictures that the network takes for much the same, and those that stand for a class."""
    dataset = _training_set(subject)
    if dataset is None:
        return
    slot = st.container(key="inside.rows")
    if neighbours.are_known(subject.classifier) or st.session_state.get("inside.alike.begun") == subject.card.id:
        into_view("inside.rows", subject.key, "Pictures alike")
        show = _show_neighbours(subject, dataset)
        background.wait([request(slot, "inside.alike", subject.classifier, dataset, show)])
        return
    number = len(dataset.split("train").at_hand)
    takes = "a minute or two" if number > QUICK else "some seconds"
    count = formatting.count(number, "training picture")
    slot.write(f"The network has to look at {count} once; that takes {takes} and is kept on disk.")
    slot.button("Look at them", key="inside.alike.begin", type="primary", on_click=_begin, args=(subject.card.id,))


def _begin(id: str) -> None:
    st.session_state["inside.alike.begun"] = id


def _training_set(subject):
    try:
        return neighbours.training_set(subject.card)
    except Refused as refusal:
        st.info(formatting.plain(refusal.message))
        st.page_link(shell.path("data"), label="Add the data set", icon=":material/arrow_forward:")
        return None


def _show_neighbours(subject, dataset):
    def show(index: neighbours.Neighbours) -> None:
        best = subject.prediction.best
        name = formatting.plain(subject.prediction.best_name)
        feature = neighbours.pooled(subject.classifier, subject.pixels[None])[0]
        _row("Most like this picture", index.nearest(feature, 8), dataset)
        _row(f"Most like it, but not {name}", index.nearest(feature, 8, other_than=best), dataset)
        target = int(pick.one("Class to look at", subject.titles, "target", str(best), context=(subject.card.id, None)))
        name = formatting.plain(subject.card.classes[target])
        _row(f"Typical of {name}", index.prototypes(target, 8), dataset)
        _row(f"The odd ones of {name}", index.odd_ones(target, 8), dataset)
        st.caption(
            "Alike means alike to this network: 1 is the same, 0 has nothing in common (the cosine of the angle "
            "between what its last layer of maps sees)."
        )
        of_how_many(dataset)

    return show


def _row(title: str, alike: list[neighbours.Neighbour], dataset) -> None:
    st.subheader(title, anchor=False)
    if not alike:
        st.write("There is none.")
        return
    row(alike, dataset, 8)
