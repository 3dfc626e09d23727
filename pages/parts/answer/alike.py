"""Nearest neighbours beside an answer that isn't sure: the training pictures that the network finds most like it."""

import streamlit as st

from mlcore import clips
from mlcore.errors import Refused
from mlcore.explanation.inside import neighbours
from pages.parts import background, formatting, gallery, pick, shell

SHOWN = 5


def offer(classifier, picture, prediction, key: str) -> None:
    """Offer them where the answer isn't sure and the training pictures are on this machine; looked for when asked."""
    dataset = None if prediction.sure or classifier.card.is_sequence else _at_hand(classifier.card)
    if dataset is None or not st.toggle("Show the training pictures most like it", key=f"{key}.alike"):
        return
    if not neighbours.are_known(classifier):
        number = len(dataset.split("train").at_hand)
        st.caption(
            f"The network has to look at {formatting.count(number, 'training picture')} once; that is kept on disk."
        )

    def show(index: neighbours.Neighbours) -> None:
        feature = neighbours.pooled(classifier, clips.fitted(picture, tuple(classifier.card.shape))[None])[0]
        row(index.nearest(feature, SHOWN), dataset, SHOWN)
        of_how_many(dataset)
        query = {"model": classifier.card.id, "part": "inside", "inside": "alike"}
        st.page_link(shell.path("explain"), label="More that are alike", icon=":material/search:", query_params=query)

    background.wait([request(st.container(), f"{key}.alike", classifier, dataset, show)])


def request(slot, name: str, classifier, dataset, show) -> background.Request:
    """What finds the training pictures as a network sees them, from disk or by looking at them now."""
    asked = ("alike", pick.stamp(classifier.card.id), dataset.fingerprint)

    def make(progress):
        return neighbours.neighbours(classifier, progress)

    return background.Request(slot, name, "Looking at the training pictures", asked, make, show, stays=True)


def row(alike: list[neighbours.Neighbour], dataset, columns: int) -> None:
    """Training pictures with their classes and how like they are."""
    pictures = dataset.split("train").read([each.index for each in alike])
    names = [dataset.classes[each.label] for each in alike]
    titles = [f"{name}, {each.likeness:.2f}" for name, each in zip(names, alike, strict=True)]
    gallery.samples(pictures, titles, columns)


def of_how_many(dataset) -> None:
    """Says among how many training pictures was searched, where it wasn't all."""
    split = dataset.split("train")
    gallery.partly(dataset, f"{len(split.at_hand):,} of the {len(split):,} training pictures")


def _at_hand(card):
    try:
        return neighbours.training_set(card)
    except Refused:
        return None
