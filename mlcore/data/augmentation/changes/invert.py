"""The negative: light and dark turned round."""

import numpy as np

from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation


@changes.add("invert", "Negative", about=About(("invert",)))
def invert(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """The negative of each picture with even odds."""
    chosen = draw.rng.random(len(pictures)) < 0.5
    return np.where(chosen[:, None, None, None], 255 - pictures, pictures)
