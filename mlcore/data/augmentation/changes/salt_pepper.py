"""Salt and pepper: single pixels turn white or black, as of a broken sensor or a dirty scan."""

import numpy as np

from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation


@changes.add("salt_pepper", "Salt and pepper", about=About(("salt_pepper",)))
def salt_pepper(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """As many pixels as a share of up to the setting says turn white or black, half of them each."""
    return strewn(pictures, draw.up_to(settings.salt_pepper), draw.rng)


def strewn(pictures: np.ndarray, shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Exactly a share (N,) of the pixels of pictures (N, H, W, C), rounded, turned white and black by turns.

    All pictures take a stretch of one random order of the places, each from another beginning: no place comes twice.
    """
    out = pictures.copy()
    pixels = out.reshape(len(out), -1, out.shape[-1])
    size = pixels.shape[1]
    order = np.tile(rng.permutation(size), 2)
    starts, counts = rng.integers(0, size, len(out)), np.rint(shares * size).astype(int)
    for picture, start, count in zip(pixels, starts, counts, strict=True):
        picture[order[start : start + count : 2]] = 255
        picture[order[start + 1 : start + count : 2]] = 0
    return out
