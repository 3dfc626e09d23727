"""A person's picture in its own size, with the place in it that the network saw; or as the network saw it."""

import streamlit as st

from mlcore import images

ENLARGED = 4  # times from which on it is told


def view_of(card, picture) -> images.View | None:
    """The picture for the eye; None for a clip, and where it has no more pixels than the network sees."""
    return None if card.is_sequence else picture.view(card.size)


def unless_asked(view: images.View | None, key: str) -> images.View | None:
    """The view, beside a switch to the picture as the network sees it; None where that is wanted, or no view is."""
    if view is None:
        return None
    wanted = st.toggle(
        "As the network sees it",
        key=f"{key}.as_seen",
        persist_state="session",
        help="Every picture is cropped and scaled to the size of the pictures that the network learned from",
    )
    return None if wanted else view


def seen_at(card, view: images.View) -> str:
    """How much of the picture the network sees, in words."""
    height, width = card.size
    return f"The network sees {'it' if view.is_whole else 'the framed part'} at {width} x {height} pixels"


def enlarged(card, picture) -> list[str]:
    """That a small picture was enlarged a lot for the network, as a sentence; none where it wasn't."""
    if card.is_sequence or min(picture.pixels.shape[:2]) * ENLARGED > min(card.size):
        return []
    (height, width), (high, wide) = picture.pixels.shape[:2], card.size
    return [f"It has only {width} x {height} pixels, enlarged to the {wide} x {high} that the network looks at"]
