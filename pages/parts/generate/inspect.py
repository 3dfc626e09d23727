"""A closer look at made pictures: what a classifier sees in each, and the nearest training picture."""

import numpy as np
import streamlit as st

from mlcore import data
from mlcore.data.binding import differs
from mlcore.generation.measure.memorisation import nearest
from mlcore.generation.render import gif
from mlcore.generation.render.grid import grid
from pages.parts import formatting, pick
from pages.parts.answer.alike import of_how_many
from pages.parts.layout import cells
from pages.parts.trouble import trouble

SHOWN = 12
WIDTH = 240  # pixels of a made picture beside its neighbour


def inspect_pictures(generator, pictures, target: int | None) -> None:
    """The first pictures of a sheet, folded away until somebody asks; `target` is the class that was asked for."""
    with st.expander(
        "A closer look: what a classifier sees, and the nearest training picture", key="closer.fold", on_change="rerun"
    ) as fold:
        if fold.open:
            with trouble("Looking closer"):
                _draw(generator, pictures, target)


def _draw(generator, pictures, target) -> None:
    card, text = generator.card, "It is asked what it sees in each of the made pictures"
    judge = pick.classifier_for(card, "Classifier", "closer.classifier", text)
    answers = _answers(judge, pictures) if judge else []
    if judge and judge.classes == card.classes and generator.conditional:
        asked = generator.shares(len(pictures), target).argmax(axis=1)
        agreed = sum(answer.best == wanted for answer, wanted in zip(answers, asked, strict=True))
        share = f"{agreed} of {len(pictures)} pictures of this sheet"
        st.write(formatting.plain(f"{judge.title} sees the class that was asked for in {share}."))
    dataset = None if differs(card.data, card.fingerprint) else data.at_hand(card.data, card.fingerprint)
    near = _neighbours(dataset, pictures[:SHOWN])
    if dataset is None:
        st.caption("The training pictures aren't on this machine, so the nearest one can't be shown.")
    else:
        of_how_many(dataset)
    for cell, number in zip(cells(min(SHOWN, len(pictures)), 6, 130), range(SHOWN), strict=False):
        with cell:
            pair = pictures[number : number + 1] if near is None else np.stack([pictures[number], near[0][number]])
            alt = "Made picture" if near is None else "Made picture, and its nearest training picture"
            st.image(gif.enlarged(grid(pair, 2), WIDTH), width="stretch", alt=alt)
            if answers:
                name, sure = answers[number].best_name, formatting.probability(answers[number].confidence, 0)
                st.caption(formatting.plain(f"{name}, {sure} sure"))
            if near is not None:
                st.caption(formatting.plain(f"nearest: {near[1][number]}"))


def _answers(card, pictures) -> list:
    with st.spinner("Asking the classifier…"):
        return pick.classifier(card).predict(list(pictures))


def _neighbours(dataset, pictures):
    """The nearest training picture of each, and its class; None where the data aren't here."""
    if dataset is None:
        return None
    with st.spinner("Looking through the training pictures…"):
        indices = _nearest(dataset, dataset.fingerprint, isinstance(dataset, data.Excerpt), pictures)
    split = dataset.split("train")
    return split.read(indices), [dataset.classes[label] for label in split.labels[indices]]


@st.cache_data(max_entries=32, show_spinner=False)
def _nearest(_dataset, fingerprint: str, is_part: bool, pictures) -> np.ndarray:
    return nearest(pictures, _dataset.split("train"))[0]
