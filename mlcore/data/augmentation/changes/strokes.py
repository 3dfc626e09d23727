"""Thicker and thinner lines, as of another pen."""

from functools import reduce

import numpy as np

from mlcore.data.augmentation.border import padded
from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation


@changes.add("strokes", "Thickness of strokes", about=About(("strokes",)))
def strokes(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """Each picture on its way to its dilation, which widens what is bright, or its erosion, which widens what is dark.

    Both by a square of 3 x 3 pixels; a share of the way stands for a share of a pixel.
    """
    count, (height, width) = len(pictures), pictures.shape[1:3]
    source, shares = padded(pictures, 1), draw.rng.uniform(-settings.strokes, settings.strokes, count).astype("float32")
    near = [source[:, y : y + height, x : x + width] for y in range(3) for x in range(3)]
    thicker = (shares > 0)[:, None, None, None]
    target = np.where(thicker, reduce(np.maximum, near), reduce(np.minimum, near)).astype("float32")
    moved = pictures + (target - pictures) * np.abs(shares)[:, None, None, None]
    return np.rint(moved).astype("uint8")
