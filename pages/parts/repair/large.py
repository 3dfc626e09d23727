"""One repair, as large as the page allows: before and after under a curtain, and the whole picture to take home."""

import numpy as np
import streamlit as st

from mlcore import images
from mlcore.repair.large import Surroundings, lay_in, surroundings
from pages.parts import formatting, pick
from pages.parts.components.before_after import before_after
from pages.parts.generate.controls import download
from pages.parts.repair.fills import filled, ways

SHOWN = 1400  # pixels of the longer side that are sent to the page
SHARP = 128  # pixels of the longer side up to which each is shown as a square


def curtain(pixels: np.ndarray, small: np.ndarray, is_truth: bool, name: str) -> None:
    """The picture in its own size repaired one way; `small` is the mask, at whatever size it was made.

    `is_truth` says that the picture is whole, so that it is shown damaged before and repaired after.
    """
    titles = ways()
    way = pick.one("Filled by", titles, "way", next(iter(titles)))
    mask = at_size(small, pixels.shape)
    with st.spinner("Repairing in its own size"):
        around = surroundings(pixels, mask)
        whole = lay_in(pixels, mask, around, _repaired(way, around))
    before = np.where(mask[..., None], np.uint8(127), pixels) if is_truth else pixels
    sharp = max(mask.shape) <= SHARP
    left, right = images.thumbnail(before, SHOWN), images.thumbnail(whole, SHOWN)
    before_after(left, right, "repair.curtain", f"{name}, repaired by {titles[way]}", sharp=sharp)
    with st.container(horizontal=True, vertical_alignment="center"):
        download("Download", lambda: images.png(whole), "repaired.png", "image/png", "repair.whole")
        st.caption(formatting.plain(_told(mask, around)))


def at_size(mask: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A mask at the size of a picture: each of its pixels becomes the one that lies at the same place."""
    rows, columns = (np.arange(side) * len_ // side for side, len_ in zip(shape[:2], mask.shape, strict=True))
    return mask[rows[:, None], columns]


def _repaired(way: str, around: Surroundings) -> np.ndarray:
    hidden = np.where(around.mask[..., None], np.uint8(127), around.pixels)
    return filled(way, hidden, around.mask)


def _told(mask: np.ndarray, around: Surroundings) -> str:
    """How large the result is, and what in it is coarser than the rest."""
    height, width = mask.shape
    top, left, bottom, right = around.box
    size = f"{width} x {height} pixels, the picture's own size."
    if around.mask.shape == (bottom - top, right - left):
        return f"{size} Every pixel outside the mark is as it was."
    inside = f"{around.mask.shape[1]} x {around.mask.shape[0]}"
    return f"{size} What is filled was made at {inside} pixels and enlarged; all else is as it was."
