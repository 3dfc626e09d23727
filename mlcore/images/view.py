"""A picture as a person looks at it, and the place in it that a network sees (its crop)."""

import math
from dataclasses import dataclass

import numpy as np

from mlcore.images.size import crop_box, thumbnail

SENT = 1600  # pixels a side: sharp on a wide screen, and a fraction of what cameras give
DIMMED = 0.6  # how far what the network doesn't see goes to middle grey, which reads on white and on black
MIDDLE, WHITE = 128, 255
BESIDE = 1.0  # of a panorama so much is shown on either side, in lengths of what the network sees: it stays to be seen


@dataclass(frozen=True, eq=False)
class View:
    """A picture in its own size or a little smaller, uint8 (h, w, 3), and where in it a network looks.

    `box` is that place: top, left, bottom, right, as shares of height and width.
    """

    pixels: np.ndarray
    box: tuple[float, float, float, float]

    @property
    def is_whole(self) -> bool:
        """Whether the network sees the whole picture, within a pixel."""
        height, width = self.pixels.shape[:2]
        return self.seen.shape[0] >= height - 1 and self.seen.shape[1] >= width - 1

    @property
    def seen(self) -> np.ndarray:
        """What the network sees, in this size: uint8 (h, w, 3), a part of `pixels`."""
        return self.pixels[self._place]

    def framed(self, inside: np.ndarray | None = None) -> np.ndarray:
        """The picture with all that the network doesn't see dimmed, and a line around what it sees.

        `inside` uint8 takes the place of `seen`, whose shape it has.
        """
        inside = self.seen if inside is None else inside
        if self.is_whole and inside.shape == self.pixels.shape:
            return inside
        whole = np.rint(self.pixels + np.float32(DIMMED) * (np.float32(MIDDLE) - self.pixels)).astype("uint8")
        rows, columns = self._place
        line = max(1, max(self.pixels.shape) // 400)
        whole[max(0, rows.start - line) : rows.stop + line, max(0, columns.start - line) : columns.stop + line] = WHITE
        whole[self._place] = inside
        return whole

    @property
    def _place(self) -> tuple[slice, slice]:
        """The box in whole pixels, the nearest ones."""
        height, width = self.pixels.shape[:2]
        top, left, bottom, right = (
            round(share * side) for share, side in zip(self.box, (height, width) * 2, strict=True)
        )
        return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))


def view(pixels: np.ndarray, size: tuple[int, ...], most: int = SENT) -> View | None:
    """A picture uint8 (H, W, 3) for the eye, beside a network of an input size (h, w); at most so many pixels a side.

    None where the network sees all the pixels that there are: a picture of its size or a smaller one. Of a panorama
    the ends are left out.
    """
    top, left, bottom, right = crop_box(pixels.shape, size)
    if bottom - top <= size[0] and right - left <= size[1]:
        return None
    rows = _around(top, bottom, pixels.shape[0])
    columns = _around(left, right, pixels.shape[1])
    part = pixels[rows, columns]
    height, width = part.shape[:2]
    top, left, bottom, right = top - rows.start, left - columns.start, bottom - rows.start, right - columns.start
    shown = thumbnail(part, most) if max(height, width) > most else part
    return View(shown, (top / height, left / width, bottom / height, right / width))


def _around(start: float, stop: float, side: int) -> slice:
    """What is shown along a side: the place that the network sees, and as much again before and behind it."""
    beside = BESIDE * (stop - start)
    return slice(max(0, int(start - beside)), min(side, math.ceil(stop + beside)))
