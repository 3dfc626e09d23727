"""Pictures in a grid, each with a line or two below it."""

import numpy as np
import streamlit as st

from mlcore import clips, data
from pages.parts import shell
from pages.parts.formatting import plain, probability
from pages.parts.layout import PICTURE_WIDTH, cells

STRIP_WIDTH = 150  # pixels: on a phone two clips side by side


def is_stored(name: str) -> bool:
    """Whether the pictures of a data set are on this machine."""
    return data.stored(name) is not None


def answers(card, report, indices, key: str, columns: int) -> None:
    """Test pictures with truth and answer; each leads to its explanation."""
    if not len(indices):
        return
    if not is_stored(report.data or card.data):
        st.caption("The pictures behind these numbers aren't on this machine.")
        st.page_link(shell.path("data"), label="Add the data set", icon=":material/arrow_forward:")
        return
    dataset = data.open(report.data or card.data)
    if report.fingerprint not in ("", dataset.fingerprint):
        st.caption(
            "The data set of that name on this machine isn't the one that was measured, so its pictures stay out."
        )
        return
    split = dataset.split("test")
    pictures = split.read([int(index) for index in indices])
    with st.container(key=key):
        for cell, index, pixels in zip(cells(len(indices), columns, 100), indices, pictures, strict=True):
            prediction = report.answers.at(int(index))
            truth, answer = report.classes[prediction.truth], report.classes[prediction.predicted]
            with cell:
                st.image(flat(pixels), width="stretch", alt=f"Test picture {index}: {truth}, answered {answer}")
                st.text(truth if truth == answer else f"{truth}, not {answer}")
                query = {"model": card.id, "picture": f"data:{split.dataset.name}:test:{index}"}
                st.caption(f"{probability(prediction.confidence, 0)} sure")
                st.page_link(shell.path("explain"), label="See why", query_params=query)


def sample(split, count: int, label: int | None = None) -> np.ndarray:
    """A few pictures of a split, of one class or all: positions in the split, the same ones each time."""
    positions = np.arange(len(split)) if label is None else np.flatnonzero(split.labels == label)
    return np.random.default_rng(0).permutation(positions)[:count]


def flat(pixels: np.ndarray) -> np.ndarray:
    """A picture as it is; the frames of a clip in rows, as one picture."""
    return clips.strip(pixels) if pixels.ndim == 4 else pixels


def samples(pictures, captions: list[str], columns: int = 6) -> None:
    """A plain grid of pictures."""
    width = STRIP_WIDTH if any(np.ndim(each) == 4 for each in pictures[:1]) else PICTURE_WIDTH
    for cell, pixels, caption in zip(cells(len(captions), columns, width), pictures, captions, strict=True):
        with cell:
            st.image(flat(pixels), width="stretch", alt=caption)
            st.caption(plain(caption))
