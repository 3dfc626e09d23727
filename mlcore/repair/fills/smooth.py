"""Smooth inpainting, by fills that need no other library: the mean colour, and the smoothest surface."""

import numpy as np

from mlcore.repair.fills import fills
from mlcore.repair.harmonic_fill import harmonic_fill
from mlcore.settings import Settings


@fills.add("mean", "Mean colour")
def mean(settings: Settings, pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Every lost pixel gets the mean of the known ones: what any repair must beat."""
    filled = pixels.copy()
    filled[mask] = np.rint(pixels[~mask].mean(axis=0)) if not mask.all() else 127
    return filled


@fills.add("biharmonic", "Smoothest surface")
def biharmonic(settings: Settings, pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The surface through the hole that bends least (biharmonic equation): hard to beat on scratches."""
    return np.rint(harmonic_fill(mask)(pixels[None])[0]).astype("uint8")
