"""Augmentation on the page: a slider for each change, and what it does to some of the person's own pictures."""

from contextlib import suppress

import numpy as np
import streamlit as st

from mlcore import clips, data, images
from mlcore.data.augmentation import preview
from mlcore.errors import Refused
from mlcore.recipe import Augmentation
from mlcore.settings import read
from pages.parts.form import form
from pages.parts.layout import cells

PREFIX = "train.augmentation"
PICTURES, COPIES = 3, 6
TILE, GAP = 112, 6  # pixels
ROW_WIDTH = 330  # pixels that a row of copies takes at least
TOGETHER, ALONE = "As training sees them", "Each change alone"
WORDS = (
    "Left as it is, then as the network will see it in six epochs. Validation and test pictures stay as they are, so "
    "accuracy is measured on whole, unchanged pictures."
)


def panel(about: data.Summary) -> dict:
    """The settings as plain values; beside them some training pictures, each with varied copies."""
    left, right = st.columns(2)
    with left:
        values = form(Augmentation, PREFIX, columns=2, sliders=True)
    with right, st.container(key=f"{PREFIX}.preview"):
        _preview(about, read(Augmentation, values))
    return values


def _preview(about: data.Summary, settings: Augmentation) -> None:
    draw = st.session_state.setdefault(f"{PREFIX}.draw", 0)
    pictures = _samples(about.name, about.fingerprint, draw)
    if pictures is None:
        st.caption("Add this data set on the Data page, and its pictures show here what each change does.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        ways = [TOGETHER, ALONE]
        way = st.segmented_control("Preview", ways, default=TOGETHER, key=f"{PREFIX}.way", persist_state="session")
        st.button("Draw anew", key=f"{PREFIX}.anew", icon=":material/casino:", on_click=_draw_anew)
    st.caption(WORDS)
    together, alone = st.empty(), st.empty()  # a place each: rows of the other way would stay while the page waits
    if way == ALONE:
        with alone.container():
            _each_alone(pictures, settings, draw)
    else:
        with together.container():
            _all_together(pictures, settings, draw)


def _draw_anew() -> None:
    """Look at other pictures, and at other chance; a callback."""
    st.session_state[f"{PREFIX}.draw"] += 1


@st.cache_data(max_entries=16, show_spinner=False)
def _samples(name: str, fingerprint: str, draw: int) -> np.ndarray | None:
    """Some training pictures, of a data set that is here or of what came along of it; None where none can be read."""
    with suppress(Refused):  # what is wrong with the data is told where they are needed
        dataset = data.at_hand(name)
        split = dataset.split("train") if dataset else None
        if split and len(split.at_hand):
            return split.read(preview.chosen(split, PICTURES, draw))
    return None


def _all_together(pictures: np.ndarray, settings: Augmentation, draw: int) -> None:
    hint = st.empty()
    if preview.is_off(settings):
        hint.caption(f"All changes are off. *{ALONE}* shows what each would do.")
    for number, copies in enumerate(preview.variants(pictures, settings, COPIES, draw)):
        _row(pictures[number], copies, f"A training picture and {COPIES} copies of it, varied by all that is on")


def _each_alone(pictures: np.ndarray, settings: Augmentation, draw: int) -> None:
    alone = preview.alone(settings)
    for cell, (label, only) in zip(cells(len(alone), 2, ROW_WIDTH), alone.items(), strict=True):
        (name, strength), *_ = ((name, value) for name, value in only.model_dump().items() if value)
        is_on = bool(getattr(settings, name))
        shown = "" if strength is True else f" {strength:.3g}"
        with cell, st.container(gap="xsmall"):
            st.caption(f"**{label}**{shown}" if is_on else f"{label}: off, shown {f'at{shown}' if shown else 'on'}")
            copies = preview.variants(pictures, only, COPIES, draw)[0]
            _row(pictures[0], copies, f"A training picture and {COPIES} copies of it, varied by: {label}")


def _row(picture: np.ndarray, copies: np.ndarray, alt: str) -> None:
    st.image(side_by_side([_tile(each) for each in (picture, *copies)]), width="stretch", alt=alt)


def _tile(pixels: np.ndarray) -> np.ndarray:
    """A picture of about the size of a tile; of a clip the first, middle and last frame, one below the other."""
    if pixels.ndim == 4:
        return clips.strip(np.stack([_tile(pixels[at]) for at in (0, len(pixels) // 2, -1)]), columns=1)
    times = max(1, TILE // max(pixels.shape[:2]))
    return images.thumbnail(pixels, TILE) if times == 1 else pixels.repeat(times, axis=0).repeat(times, axis=1)


def side_by_side(tiles: list[np.ndarray]) -> np.ndarray:
    """Pictures uint8 (h, w, 3) of one size side by side, uint8 (h, W, 4); the first one apart, and nothing between."""
    opaque = [np.dstack([tile, np.full(tile.shape[:2], 255, "uint8")]) for tile in tiles]
    gap = np.zeros((opaque[0].shape[0], GAP, 4), "uint8")
    row = [opaque[0], gap, gap]
    for tile in opaque[1:]:
        row += [gap, tile]
    return np.concatenate(row, axis=1)
