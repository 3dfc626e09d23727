"""Pictures at another size (crop, resize, thumbnail), and as PNG."""

import math
from io import BytesIO

import numpy as np
from PIL import Image


def fit(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """The middle of a picture, uint8 (height, width, 3): what a network of that input size gets to see.

    Cropped to the target's shape, then resized with an antialiasing bicubic filter. A picture that has the size
    already stays as it is, so what was stored once comes out the same again.
    """
    if pixels.shape[:2] == (height, width):
        return pixels
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC, box=_middle(image.size, width / height)))


def covering(shape: tuple[int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The pixels of a picture (H, W) that `fit` to a size (h, w) makes use of: top, left, bottom, right."""
    left, top, right, bottom = _middle((shape[1], shape[0]), size[1] / size[0])
    return int(top), int(left), math.ceil(bottom), math.ceil(right)


def thumbnail(pixels: np.ndarray, size: int) -> np.ndarray:
    """The whole picture, uint8, made small enough that neither side is longer than `size`."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((size, size), Image.Resampling.BICUBIC, reducing_gap=3.0)
    return np.asarray(image)


def png(pixels: np.ndarray) -> bytes:
    """The picture, uint8 (H, W, 3), as the bytes of a PNG file without any metadata."""
    file = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _middle(size: tuple[int, int], aspect: float) -> tuple[float, float, float, float]:
    """The largest box (left, top, right, bottom) of an aspect (width / height) in the middle of a picture."""
    width, height = size
    wide, high = min(width, height * aspect), min(height, width / aspect)
    left, top = (width - wide) / 2, (height - high) / 2
    return left, top, left + wide, top + high
