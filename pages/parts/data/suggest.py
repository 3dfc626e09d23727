"""Label with help: pages of guesses to accept, which pictures to label next, and how good the guesses are."""

from functools import partial

import streamlit as st

from mlcore import active_learning, backbones, data
from mlcore.active_learning import Labelling
from pages.parts import background, formatting, pick
from pages.parts.data import suggested
from pages.parts.layout import metrics
from pages.parts.trouble import trouble

WAYS_TO_UNLABELLED = (
    "Every picture of this data set has a class, so there is nothing to help with. Pictures without class folders come "
    "in as one class, which can be taken away here; on the tab Pictures the class of single ones can be."
)


def suggest(dataset: data.Dataset) -> None:
    """The tab: what is left to label, with the model's help."""
    if not len(dataset.unlabelled):
        all_labelled(dataset)
        return
    with trouble("Helping with labels"):
        pick.make_ready(backbones.fitting(dataset.shape))
        key, make = ("labelling", dataset.name, dataset.fingerprint), partial(active_learning.look, dataset)
        slot, title = st.container(), "Looking at the pictures"
        background.wait([background.Request(slot, "data.suggest", title, key, make, board, stays=True)])


def board(labelling: Labelling) -> None:
    """How far it is, and a page of pictures to label."""
    standing(labelling)
    suggested.page(labelling)


def standing(labelling: Labelling) -> None:
    """How many have a class, how good the guesses are as far as that is known, and what help is worth."""
    dataset, learned = labelling.dataset, labelling.learned
    left = len(dataset.unlabelled)
    right = formatting.percent(learned.accuracy.value, 0) if learned else "–"
    metrics({"Labelled": f"{len(dataset) - left:,}", "Left": f"{left:,}", "Right when left out": right})
    st.caption(formatting.plain(worth(labelling)))
    if (asked := int((labelling.labels == active_learning.UNLABELLED).sum())) < left:
        st.caption(f"{asked:,} of the {left:,} are looked at; the others follow as these get their classes.")


def worth(labelling: Labelling) -> str:
    """What the figures of the head can tell and what they can't."""
    if labelling.learned is None:
        return (
            "Guesses come once two classes have two different pictures each, besides those that are set aside to test "
            "with. These are typical pictures of the largest kinds among those without a class. "
            f"{active_learning.BEGINNING}"
        )
    accuracy = formatting.interval(labelling.learned.accuracy)
    return (
        f"Each labelled picture was judged after learning from the others: {accuracy}. Those that were asked for are "
        f"often harder and accepted ones easier than the rest, for which it can be far off. {active_learning.GOING_ON}"
    )


def all_labelled(dataset: data.Dataset) -> None:
    """Nothing is left to label; a set of one class can be made one without."""
    st.write(WAYS_TO_UNLABELLED)
    if len(dataset.classes) == 1:
        things = formatting.count(len(dataset), "picture")
        label = f"Take the class “{formatting.plain(dataset.classes[0])}” away from {things}"
        if st.button(label, key="data.suggest.begin", icon=":material/label_off:"):
            take_away(dataset)


def take_away(dataset: data.Dataset) -> None:
    """Make every picture one without a class."""
    with trouble("Taking the class away"):
        everything = [data.Move(range(len(dataset)), "unlabelled")]
        data.edit(dataset.name, everything, "The class taken away, to label with help", dataset.fingerprint)
        st.rerun()
