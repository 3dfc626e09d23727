"""Shift, which is crop and pad: whole pixels up, down, left or right."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mlcore.data.augmentation.border import padded
from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation


@changes.add("shift", "Shift", about=About(("shift",)))
def shift(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """Whole-pixel shifts by up to the setting."""
    most, (count, height, width, channels) = settings.shift, pictures.shape
    source = padded(pictures, most).reshape(count, height + 2 * most, -1)
    windows = sliding_window_view(source, (height, width * channels), axis=(1, 2))
    down, right = draw.rng.integers(0, 2 * most + 1, (2, count))
    return windows[np.arange(count), down, right * channels].reshape(pictures.shape)
