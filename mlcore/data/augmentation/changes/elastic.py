"""Elastic warp: smooth random bends (Simard, Steinkraus and Platt 2003, 'Best practices for CNNs')."""

import numpy as np

from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation

GROUP = 16  # pictures of a batch that share a field: 12 microseconds a picture of 32 x 32 instead of 50
NODES = 5  # of the field, along each side; between them it goes over smoothly


@changes.add("elastic", "Elastic warp", about=About(("elastic",), {"elastic": 0.06}))
def elastic(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """Bent by a smooth field, one for every sixteen pictures of a batch; what comes in is the border's own colour."""
    parts = [pictures[start : start + GROUP] for start in range(0, len(pictures), GROUP)]
    return np.concatenate([bent(part, *_field(part, settings.elastic, draw.rng)) for part in parts])


def _field(pictures: np.ndarray, most: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """How far down and right (H, W) each place of the copy looks, in pixels; at most that share of the size."""
    height, width = pictures.shape[1:3]
    down, right = rng.uniform(-most, most, (2, NODES, NODES))
    rows, columns = _basis(height), _basis(width)
    return height * (rows @ down @ columns.T), width * (rows @ right @ columns.T)


def _basis(size: int) -> np.ndarray:
    """How much each node counts at each place, (size, NODES): smoothly from 1 at itself to 0 at the next, 1 in all."""
    away = np.abs(np.linspace(0, NODES - 1, size)[:, None] - np.arange(NODES)).clip(0, 1)
    return 1 - away**2 * (3 - 2 * away)


def bent(pictures: np.ndarray, down: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Pictures (N, H, W, C) seen so many pixels further down and right (H, W), bilinear in steps of a 16th."""
    count, height, width, channels = pictures.shape
    top, y = _parted(np.arange(height)[:, None] + down, height)
    left, x = _parted(np.arange(width) + right, width)
    bottom, beside = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    pixels = np.ascontiguousarray(pictures.transpose(1, 2, 0, 3)).reshape(height * width, -1)
    corners = ((top, left, (16 - y) * (16 - x)), (top, beside, (16 - y) * x), (bottom, left, y * (16 - x)))
    total = np.full(pixels.shape, 128, "uint16")  # half of the 256 that are shared out: to round
    for row, column, weight in (*corners, (bottom, beside, y * x)):
        total += pixels.take((row * width + column).ravel(), axis=0) * weight.reshape(-1, 1).astype("uint16")
    bent = (total >> 8).astype("uint8").reshape(height, width, count, channels)
    return np.ascontiguousarray(bent.transpose(2, 0, 1, 3))


def _parted(places: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Places inside a side as whole pixels and sixteenths."""
    sixteenths = np.rint(16 * places.clip(0, size - 1)).astype("intp")
    return sixteenths >> 4, sixteenths & 15
