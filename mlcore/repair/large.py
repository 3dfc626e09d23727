"""Repair of pictures of any size: what is around the holes is repaired at a workable size, then laid in.

A network learned on small pictures, and a classical fill solves equations for every lost pixel: both want a picture of
some hundred pixels. So the holes and what is around them are cut out, made smaller where they are still too large, and
what comes of it is enlarged into the holes. Outside them nothing changes, to the bit.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlcore import images
from mlcore.repair import checked_mask, keep_outside

WORKABLE = 512  # pixels of the longer side
AROUND = 0.5  # of the holes' sides: how far their surroundings reach
LEAST = 16  # pixels that they reach at least

Fill = Callable[[np.ndarray, np.ndarray], np.ndarray]  # picture and mask to a picture without holes


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The holes of a picture with what is around them: uint8 (h, w, 3) and bool (h, w), at a workable size.

    `box` is where they lie in the picture: top, left, bottom, right.
    """

    box: tuple[int, int, int, int]
    pixels: np.ndarray
    mask: np.ndarray


def repair_large(pixels: np.ndarray, mask: np.ndarray, fill: Fill, workable: int = WORKABLE) -> np.ndarray:
    """The picture uint8 (H, W, 3) with the pixels of the mask bool (H, W) filled, whatever its size."""
    around = surroundings(pixels, mask, workable)
    return lay_in(pixels, mask, around, fill(around.pixels, around.mask))


def surroundings(pixels: np.ndarray, mask: np.ndarray, workable: int = WORKABLE) -> Surroundings:
    """The part of a picture that a fill has to see; all of a picture that is of a workable size anyway.

    Where it is made smaller, a small pixel is lost where any of its own were. Raises Refused(not-compatible) for a
    mask of another size.
    """
    mask = checked_mask(pixels, mask)
    if max(mask.shape) <= workable or not mask.any():
        return Surroundings((0, 0, *mask.shape), pixels, mask)
    top, left, bottom, right = box = _box(mask)
    part, hole = pixels[top:bottom, left:right], mask[top:bottom, left:right]
    if max(hole.shape) <= workable:
        return Surroundings(box, part, hole)
    from scipy.ndimage import binary_dilation  # one pixel wider: a small share may have rounded to nothing

    height, width = _smaller(hole.shape, workable)
    lost = images.stretch(np.where(hole, np.uint8(255), np.uint8(0)), height, width) > 0
    return Surroundings(box, images.stretch(part, height, width), binary_dilation(lost, np.ones((3, 3))))


def lay_in(pixels: np.ndarray, mask: np.ndarray, around: Surroundings, filled: np.ndarray) -> np.ndarray:
    """The picture with its holes filled out of the repaired surroundings."""
    top, left, bottom, right = around.box
    whole = pixels.copy()
    whole[top:bottom, left:right] = images.stretch(filled, bottom - top, right - left)
    return keep_outside(pixels, whole, mask)


def _box(mask: np.ndarray) -> tuple[int, int, int, int]:
    (top, bottom), (left, right) = (_reach(np.asarray(mask.any(axis=axis))) for axis in (1, 0))
    return top, left, bottom, right


def _reach(lost: np.ndarray) -> tuple[int, int]:
    """From where to where the lost rows or columns and their surroundings reach."""
    first, last = np.flatnonzero(lost)[[0, -1]]
    more = max(LEAST, round(AROUND * (last + 1 - first)))
    return max(0, int(first) - more), min(len(lost), int(last) + 1 + more)


def _smaller(shape: tuple[int, ...], longest: int) -> tuple[int, int]:
    height, width = (max(8, round(side * longest / max(shape))) for side in shape[:2])
    return height, width
