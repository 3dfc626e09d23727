"""Rotation, zoom and shear: one affine map, so that a picture is resampled only once."""

import math

import numpy as np
from PIL import Image

from mlcore.data.augmentation.border import padded
from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation

WIDEST = {"rotate": 30.0, "zoom": 0.3, "shear": 17.0}  # those of TrivialAugment, whose shear is a slope of 0.3


@changes.add("affine", "Rotation, zoom, shear", about=About(("rotate", "zoom", "shear"), WIDEST))
def affine(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """Rotation about the centre, zoom and shear, bilinear."""
    count, (height, width, channels) = len(pictures), pictures.shape[1:]
    maps = _maps(settings, draw)
    slope = math.tan(math.radians(settings.shear))
    reach = math.hypot(height, width) / 2 / (1 - settings.zoom) * (1 + slope)
    border = math.ceil(reach - min(height, width) / 2) + 1
    source, out = padded(pictures, border), np.empty_like(pictures)
    x, y = width / 2, height / 2
    for index in range(count):  # Pillow's loop in C is quicker than gathering four neighbours in NumPy
        a, b, c, d = maps[index]
        matrix = (a, b, border + x - a * x - b * y, c, d, border + y - c * x - d * y)
        for frame in range(0, channels, 3):
            image = Image.fromarray(np.ascontiguousarray(source[index, ..., frame : frame + 3]))
            moved = image.transform((width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
            out[index, ..., frame : frame + 3] = moved
    return out


def _maps(settings: Augmentation, draw: Draw) -> list[tuple[float, float, float, float]]:
    """For each picture the matrix (a, b, c, d) from a place in the copy to one in the picture, both from the centre."""
    rng, count = draw.rng, len(draw.indices)
    angles = np.radians(rng.uniform(-settings.rotate, settings.rotate, count)).tolist()
    scales = (1 / rng.uniform(1 - settings.zoom, 1 + settings.zoom, count)).tolist()
    slants = rng.uniform(-settings.shear, settings.shear, (count, 2)) if settings.shear else np.zeros((count, 2))
    maps = []
    for angle, scale, (across, down) in zip(angles, scales, np.tan(np.radians(slants)).tolist(), strict=True):
        cos, sin = scale * math.cos(angle), scale * math.sin(angle)
        maps.append((cos - sin * down, cos * across - sin, sin + cos * down, sin * across + cos))
    return maps
