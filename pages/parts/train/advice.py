"""What the data say against the chosen recipe: uneven classes, and classes that flipping would confuse."""

import streamlit as st

from mlcore import data
from mlcore.data.augmentation.confusion import Confusion, confusions
from mlcore.errors import Refused
from mlcore.progress import Progress
from mlcore.recipe import Augmentation, Recipe
from mlcore.training import balance
from mlcore.training.notices import confused
from pages.parts.background import Request
from pages.parts.formatting import plain

FLIPS = ("flip", "flip_vertical", "quarter_turns")


def panel(recipe: Recipe) -> list[Request]:
    """Advice that is known at once; gives what is to be waited for."""
    about = data.stored(recipe.data)
    if about is None:
        return []
    _even_out(recipe)
    varied = recipe.training.augmentation
    on = tuple(name for name in FLIPS if getattr(varied, name))
    return [_flips(about, varied, on)] if on else []


def _even_out(recipe: Recipe) -> None:
    """Propose balanced sampling for uneven training classes."""
    if recipe.training.class_balance == "none" and (words := balance.advice(_training_counts(recipe.data))):
        st.info(plain(words), icon=":material/balance:")
        st.button("Even them out", key="train.balance", icon=":material/balance:", on_click=_sample_evenly)


def _training_counts(name: str) -> dict[str, int]:
    """Training pictures of each class; none of a set that can't be read, which is told where it is needed."""
    try:
        return data.open(name).counts("train")
    except Refused:
        return {}


def _sample_evenly() -> None:
    st.session_state["train.training.class_balance"] = "sampling"


def _flips(about: data.Summary, varied: Augmentation, on: tuple[str, ...]) -> Request:
    """What asks whether the flips that are on would confuse classes."""
    key, title = ("train.flips", about.name, about.fingerprint, on), "Looking at flipped pictures"

    def make(progress: Progress) -> list[Confusion]:
        return confusions(data.open(about.name), varied)

    return Request(st.container(), "train.flips", title, key, make, _warn, queue="patient")


def _warn(found: list[Confusion]) -> None:
    if found:
        st.warning(plain(confused(found)), icon=":material/flip:")
