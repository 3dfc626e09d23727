"""Frames of an animated GIF, WEBP or PNG, read one after the other by Pillow."""

import numpy as np
from PIL.ImageFile import ImageFile

from mlcore.clips.sampling import evenly
from mlcore.clips.size import shrunk
from mlcore.errors import Kind, Refused
from mlcore.images import colour, opening, structure

FORMATS = ("GIF", "WEBP", "PNG")
MOST_PIXELS = 500_000_000  # in all frames together: five seconds of work


def read(
    data: bytes, format: str, count: int, size: tuple[int, int] | None
) -> tuple[list[np.ndarray], int, float | None]:
    """So many frames uint8 (h, w, 3), how many the file holds, and its seconds or None; raises Refused."""
    structure.check(format, data)
    with opening.refusing(format):
        image = opening.opened(data, format)
        first = int(getattr(image, "default_image", False))  # what a PNG shows where animations aren't known
        length = getattr(image, "n_frames", 1) - first
        _refuse_length(length, image.width * image.height, format)
        return _walk(image, first, length, evenly(length, count), size)


def _walk(
    image: ImageFile, first: int, length: int, wanted: list[int], size: tuple[int, int] | None
) -> tuple[list[np.ndarray], int, float | None]:
    """Every frame is decoded: each is drawn over the one before it, and all have to be whole."""
    frames: dict[int, np.ndarray] = {}
    milliseconds = 0.0
    for index in range(length):
        image.seek(first + index)
        image.load()
        milliseconds += image.info.get("duration", 0)
        if index in wanted:
            frames[index] = shrunk(colour.upright(colour.rgb(image), opening.orientation(image)), size)
    return [frames[index] for index in wanted], length, milliseconds / 1000 or None


def _refuse_length(length: int, pixels: int, format: str) -> None:
    if length < 2:
        what = f"This {format} file holds a single picture and no clip"
        raise Refused(Kind.NOT_COMPATIBLE, f"{what}; put the frames of each clip into a folder of their own.")
    structure.too_many_frames(length)
    if length * pixels > MOST_PIXELS:
        message = f"Its {length:,} frames have {length * pixels / 1e6:,.0f} million pixels"
        raise Refused(Kind.TOO_MANY_PIXELS, f"{message}; an animation may have {MOST_PIXELS // 10**6} million.")
