"""Crops: which picture is a part of another, told by laying one over the other.

A network's features suggest pairs, the nearest two of each picture; only pixels decide. Of copies with 90 % of each
side, half of them mirrored, 95 % reach a correlation of 0.94 (79 of ants and bees, 224 pixels) and 0.966 (500 of
CIFAR-10); of neighbours that are no copies none of 594 and 4 of 1,500 reach 0.93.
"""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mlcore import images
from mlcore.findings.measures import LUMA
from mlcore.progress import Progress

SIDE, MOST = 24, 30  # pixels of the part that is looked for, and of the largest whole: 80 % of each side are left
ALIGNED = 0.93
NEIGHBOURS, LEAST = 2, 0.85  # and the cosine of their features, which no such copy of those was below
AXES, BLOCK = 128, 1000
Picture = np.ndarray  # uint8 (H, W, 3)
Read = Callable[[np.ndarray], np.ndarray]  # rows to pictures uint8 (n, H, W, 3)


def neighbours(features: np.ndarray) -> np.ndarray:
    """Pairs int64 (m, 2) of pictures of which one is among the two nearest of the other, each once."""
    looks = _directions(_fewer_axes(_directions(features - features.mean(axis=0)))).astype("float32")
    true, pairs = _directions(features), []
    for start in range(0, len(looks), BLOCK):
        near = looks[start : start + BLOCK] @ looks.T
        near[np.arange(len(near)), np.arange(start, start + len(near))] = -2
        for place in np.argpartition(-near, NEIGHBOURS, axis=1)[:, :NEIGHBOURS].T:
            pairs.append(np.stack([np.arange(start, start + len(near)), place], axis=1))
    every = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
    alike = np.einsum("ij,ij->i", true[every[:, 0]], true[every[:, 1]])
    likely: np.ndarray = every[alike >= LEAST]
    return likely


def aligned(one: Picture, other: Picture) -> float:
    """The highest correlation of either picture with a part of the other, mirrored or not."""
    return max(_within(one, other), _within(other, one))


def found(read: Read, pairs: np.ndarray, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    """The pairs (m, 2) of which one is a part of the other, and how well they fit (m,)."""
    scores = np.empty(len(pairs))
    for start in range(0, len(pairs), BLOCK):
        part = pairs[start : start + BLOCK]
        rows, place = np.unique(part, return_inverse=True)
        pictures = read(rows)
        for number, (one, other) in enumerate(place.reshape(part.shape)):
            scores[start + number] = aligned(pictures[one], pictures[other])
        progress(min(start + BLOCK, len(pairs)) / len(pairs), "Laying likely copies over each other")
    return pairs[scores >= ALIGNED], scores[scores >= ALIGNED]


def _within(part: Picture, whole: Picture) -> float:
    """The highest correlation of a picture, or its mirror image, with a part of another."""
    wanted = _unit(_grey(part, SIDE)[None]).reshape(SIDE, SIDE)
    both = np.stack([wanted, wanted[:, ::-1]]).reshape(2, -1)
    best = -1.0
    for side in range(SIDE, MOST + 1):
        windows = sliding_window_view(_grey(whole, side), (SIDE, SIDE)).reshape(-1, SIDE, SIDE)
        best = max(best, float((_unit(windows) @ both.T).max()))
    return best


def _grey(picture: Picture, side: int) -> np.ndarray:
    grey: np.ndarray = images.fit(picture, side, side) @ LUMA
    return grey


def _unit(windows: np.ndarray) -> np.ndarray:
    flat = windows.reshape(len(windows), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    return _directions(flat)


def _directions(vectors: np.ndarray) -> np.ndarray:
    unit: np.ndarray = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return unit


def _fewer_axes(vectors: np.ndarray) -> np.ndarray:
    """Coordinates along the axes of most spread, 128 at most."""
    sample = vectors[:: max(1, len(vectors) // 5000)]
    _, axes = np.linalg.eigh(sample.T @ sample)
    fewer: np.ndarray = vectors @ axes[:, -AXES:]
    return fewer
