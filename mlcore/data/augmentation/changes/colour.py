"""Saturation, hue and grey: one matrix on the three colours of each pixel."""

import numpy as np

from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation

LUMA = np.array([0.299, 0.587, 0.114], "float32")  # how bright red, green and blue look (ITU-R BT.601)
TURN = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)  # the cross product with the grey axis


@changes.add("colour", "Saturation, hue, grey", about=About(("saturation", "hue", "grey"), {"saturation": 0.9}))
def colour(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """Colours stronger or paler, turned about the grey axis, and for some pictures taken away."""
    saturation = draw.factors(settings.saturation)
    degrees = draw.rng.uniform(-settings.hue, settings.hue, len(pictures))
    saturation[draw.rng.random(len(pictures)) < settings.grey] = 0
    return recoloured(pictures, saturation, degrees)


def recoloured(pictures: np.ndarray, saturation: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """Pictures (N, H, W, 3 T) with the distance of their colours from grey times (N,), and the hue turned by (N,).

    The turn is one in the space of red, green and blue, which 120 degrees exchange, as in the filter effects of CSS.
    """
    matrices = hue_matrices(degrees) @ _saturation_matrices(saturation)
    pixels = pictures.reshape(len(pictures), -1, 3).astype("float32")
    mixed = np.matmul(pixels, matrices.transpose(0, 2, 1).astype("float32"))
    mixed += 0.5  # to round, since turning into integers cuts off
    return np.clip(mixed, 0, 255, out=mixed).astype("uint8").reshape(pictures.shape)


def hue_matrices(degrees: np.ndarray) -> np.ndarray:
    """Rotations (N, 3, 3) about the grey axis, by the formula of Rodrigues."""
    angles = np.radians(degrees)[:, None, None]
    return np.cos(angles) * np.eye(3) + (1 - np.cos(angles)) / 3 + np.sin(angles) * TURN


def _saturation_matrices(factors: np.ndarray) -> np.ndarray:
    factors = factors[:, None, None]
    return factors * np.eye(3) + (1 - factors) * LUMA
