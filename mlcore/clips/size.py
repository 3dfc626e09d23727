"""Clips at another size and length, and side by side as one picture."""

from typing import Any

import numpy as np

from mlcore import images
from mlcore.clips.sampling import evenly
from mlcore.errors import Kind, Refused

GAP = 2  # white pixels between the frames of a strip
LONGEST_SIDE = 1024  # pixels; larger frames are made smaller at once: 64 of them take 200 MB at the most


def fit(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """Frames uint8 (T, H, W, 3), or one picture (H, W, 3), each as `images.fit` makes it."""
    if pixels.ndim == 3 or pixels.shape[-3:-1] == (height, width):
        return images.fit(pixels, height, width) if pixels.ndim == 3 else pixels
    return np.stack([images.fit(frame, height, width) for frame in pixels])


def fitted(picture: Any, shape: tuple[int, ...]) -> np.ndarray:
    """What a network that takes `shape` gets to see of a Picture, a Clip or uint8 pixels: uint8 of that shape.

    A clip of another length gives frames at even distances. Raises Refused(not-compatible) for a picture where
    the network takes clips, and the other way round.
    """
    if isinstance(picture, images.Picture) and len(shape) == 3:
        return picture.fit(*shape[:2])
    pixels = np.asarray(getattr(picture, "frames", getattr(picture, "pixels", picture)))
    if pixels.ndim != len(shape):
        raise Refused(Kind.NOT_COMPATIBLE, _wrong_kind(shape))
    if len(shape) == 4 and len(pixels) != shape[0]:
        pixels = pixels[evenly(len(pixels), shape[0])]
    return fit(pixels, *shape[-3:-1])


def shrunk(pixels: np.ndarray, size: tuple[int, int] | None) -> np.ndarray:
    """One frame uint8 (h, w, 3) as a clip keeps it: not over 1,024 pixels, and fitted to `size` where it is given."""
    pixels = images.thumbnail(pixels, LONGEST_SIDE) if max(pixels.shape[:2]) > LONGEST_SIDE else pixels
    return images.fit(pixels, *size) if size else pixels


def strip(frames: np.ndarray, columns: int | None = None) -> np.ndarray:
    """The frames uint8 (T, H, W, C) in order as one picture: in rows of `columns`, by default 4, or 8 of many."""
    count, height, width, channels = frames.shape
    columns = min(columns or (4 if count <= 16 else 8), count)
    rows = -(-count // columns)
    sheet = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, channels), 255, "uint8")
    for number, frame in enumerate(frames):
        top, left = number // columns * (height + GAP), number % columns * (width + GAP)
        sheet[top : top + height, left : left + width] = frame
    return sheet


def _wrong_kind(shape: tuple[int, ...]) -> str:
    if len(shape) == 4:
        return (
            f"This model answers for clips of {shape[0]} frames and not for single pictures; give it a video, "
            "an animation or a folder of frames."
        )
    return "This model answers for single pictures and not for clips; choose a model that was trained on clips."
