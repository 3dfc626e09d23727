"""Gaussian blur, in whole numbers of 16 bits."""

import math

import numpy as np

from mlcore.data.augmentation.border import padded
from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation


@changes.add("blur", "Blur", about=About(("blur",)))
def blur(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """Gaussian blur of up to the setting, in pixels of standard deviation."""
    return blurred(pictures, draw.up_to(settings.blur))


def blurred(pictures: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """Pictures (N, H, W, C), each with its own Gaussian (N,), first along the columns and then along the rows."""
    weights, (height, width) = _weights(deviations), pictures.shape[1:3]
    reach = weights.shape[1] - 1
    source = padded(pictures, reach)
    half = _sum(weights, [source[:, reach + at : reach + at + height] for at in range(-reach, reach + 1)])
    return _sum(weights, [half[:, :, reach + at : reach + at + width] for at in range(-reach, reach + 1)])


def _weights(deviations: np.ndarray) -> np.ndarray:
    """What the middle and each neighbour on one side count, uint16 (N, 1 + reach); both sides make 256 in all."""
    reach = max(1, math.ceil(2.5 * deviations.max(initial=0)))
    tails = np.exp(-((np.arange(1, reach + 1) / np.maximum(deviations, 1e-3)[:, None]) ** 2) / 2)
    sides = np.rint(256 * tails / (1 + 2 * tails.sum(axis=1, keepdims=True)))
    return np.column_stack([256 - 2 * sides.sum(axis=1), sides]).astype("uint16")


def _sum(weights: np.ndarray, shifted: list[np.ndarray]) -> np.ndarray:
    """The weighted sum of a picture's copies from -reach to reach; 256 times 255 still fits into 16 bits."""
    reach = len(shifted) // 2
    total = shifted[reach] * weights[:, :1, None, None]
    total += 128  # to round
    for at in range(1, reach + 1):
        pair = np.add(shifted[reach - at], shifted[reach + at], dtype="uint16")
        total += pair * weights[:, at, None, None, None]
    return (total >> 8).astype("uint8")
