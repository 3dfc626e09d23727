"""Brightness and contrast."""

import numpy as np

from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation

WIDEST = {"brightness": 0.8, "contrast": 0.8}


@changes.add("light", "Brightness, contrast", about=About(("brightness", "contrast"), WIDEST))
def light(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """Each picture's values times a factor, and their distance from its mean times another."""
    bright, spread = draw.factors(settings.brightness), draw.factors(settings.contrast)
    values = pictures.reshape(len(pictures), -1).astype("float32")
    offset = bright * (1 - spread) * values.mean(axis=1)
    values *= (bright * spread)[:, None]
    values += offset[:, None] + 0.5  # to round, since turning into integers cuts off
    return np.clip(values, 0, 255, out=values).astype("uint8").reshape(pictures.shape)
