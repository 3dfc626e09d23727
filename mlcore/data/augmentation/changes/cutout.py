"""Cutout: a part of the picture is hidden."""

import numpy as np

from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation

GREY = 128


@changes.add("cutout", "Cutout", about=About(("cutout",)))
def cutout(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """A grey square at a random place, partly outside at the border (DeVries and Taylor 2017, arXiv:1708.04552)."""
    side, count, (height, width) = settings.cutout, len(pictures), pictures.shape[1:3]
    top, left = draw.rng.integers(0, height, count) - side // 2, draw.rng.integers(0, width, count) - side // 2
    rows = np.arange(height) - top[:, None]
    columns = np.arange(width) - left[:, None]
    inside = ((rows >= 0) & (rows < side))[:, :, None] & ((columns >= 0) & (columns < side))[:, None, :]
    out = pictures.copy()
    out[inside] = GREY
    return out
