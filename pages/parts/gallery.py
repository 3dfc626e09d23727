"""Pictures in a grid, each with a line or two below it."""

import numpy as np
import streamlit as st

from mlcore import clips, data, images
from pages.parts import shell
from pages.parts.formatting import count, plain, probability
from pages.parts.layout import PICTURE_WIDTH, cells, whole

STRIP_WIDTH = 150  # pixels: on a phone two clips side by side


def is_stored(name: str) -> bool:
    """Whether the pictures of a data set are on this machine."""
    return data.stored(name) is not None


def answers(card, report, indices, key: str, columns: int, most: int) -> None:
    """Up to `most` of the test pictures with truth and answer; each leads to its explanation."""
    if not len(indices):
        return
    dataset = data.at_hand(report.data or card.data, report.fingerprint)
    if dataset is None:
        st.caption("The pictures behind these numbers aren't on this machine.")
        _add()
        return
    if report.fingerprint not in ("", dataset.fingerprint):
        st.caption(
            "The data set of that name on this machine isn't the one that was measured, so its pictures stay out."
        )
        return
    split = dataset.split("test")
    here = [int(index) for index in indices if index in split.at_hand]
    if len(here) < len(indices):
        partly(dataset, f"{len(here):,} of these {count(len(indices), 'picture')}")
    _answered(card, report, split, here[:most], key, columns)


def partly(dataset, what: str) -> None:
    """Says how many of some pictures came along, and where all of them are; nothing of a data set that is all here."""
    if isinstance(dataset, data.Excerpt):
        site = dataset.origin.partition("//")[2]
        st.caption(
            f"{plain(what)} came along with Vitrine; to see all, add those of [{plain(site)}]({dataset.origin}) as "
            f"{plain(dataset.name)}."
        )
        _add()


def reference(split, index: int, pixels: np.ndarray) -> str:
    """The address of a picture: by its place in a version of a stored set; by its pixels where it came along."""
    if isinstance(split.dataset, data.Excerpt):
        return f"sha256:{images.Picture(pixels).sha256}"
    version = f"@{split.dataset.version}" if split.dataset.version > 1 else ""
    return f"data:{split.dataset.name}{version}:{split.split}:{index}"


def _add() -> None:
    st.page_link(shell.path("data"), label="Add the data set", icon=":material/arrow_forward:")


def _answered(card, report, split, indices: list[int], key: str, columns: int) -> None:
    pictures = split.read(indices)
    with st.container(key=key):
        for cell, index, pixels in zip(cells(len(indices), columns, 100), indices, pictures, strict=True):
            prediction = report.answers.at(index)
            truth, answer = report.classes[prediction.truth], report.classes[prediction.predicted]
            with whole(cell, f"{key}.{index}"):
                st.image(flat(pixels), width="stretch", alt=f"Test picture {index}: {truth}, answered {answer}")
                st.text(truth if truth == answer else f"{truth}, not {answer}")
                query = {"model": card.id, "picture": reference(split, index, pixels)}
                st.caption(f"{probability(prediction.confidence, 0)} sure")
                st.page_link(shell.path("explain"), label="See why", query_params=query)


def sample(split, number: int, label: int | None = None) -> np.ndarray:
    """A few pictures of a split that are here, of one class or all: places in the split, the same ones each time."""
    positions = split.at_hand if label is None else np.flatnonzero(split.labels == label)
    return np.random.default_rng(0).permutation(positions)[:number]


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
