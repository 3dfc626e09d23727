"""JPEG: the blocks and pale colours of strong compression."""

import io

import numpy as np
from PIL import Image

from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation

BLOCK = 8  # pixels: JPEG with whole colours works on squares of that side, so that pictures side by side stay apart
GROUP = (
    32  # pictures for each quality that a batch has: those of one quality are written as one, at a fifth of the cost
)
STRIP = 65_500  # pixels: the longest side of a JPEG


@changes.add("jpeg", "JPEG", about=About(("jpeg",), {"jpeg": 80}))
def jpeg(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """Compressed and read again, at a quality of 100 less up to the setting."""
    count = -(-len(pictures) // GROUP)
    qualities = 100 - np.rint(draw.rng.uniform(0, settings.jpeg, count)).astype(int)
    chosen = draw.rng.integers(0, count, len(pictures))
    out = np.empty_like(pictures)
    for number in np.unique(chosen):
        out[chosen == number] = compressed(pictures[chosen == number], int(qualities[number]))
    return out


def compressed(pictures: np.ndarray, quality: int) -> np.ndarray:
    """Pictures (N, H, W, 3 T) as a JPEG of that quality shows them, whichever stand beside them."""
    count, height, width, channels = pictures.shape
    stacked = pictures.reshape(count, height, width, channels // 3, 3).transpose(0, 3, 1, 2, 4)
    if height % BLOCK or width % BLOCK:
        whole = ((0, 0), (0, 0), (0, -height % BLOCK), (0, -width % BLOCK), (0, 0))
        stacked = np.pad(stacked, whole, mode="edge")
    strips = stacked.reshape(-1, *stacked.shape[3:])
    longest = STRIP // stacked.shape[2] * stacked.shape[2]
    read = [_written_and_read(strips[at : at + longest], quality) for at in range(0, len(strips), longest)]
    back = np.concatenate(read).reshape(stacked.shape)[:, :, :height, :width]
    return np.ascontiguousarray(back.transpose(0, 2, 3, 1, 4)).reshape(pictures.shape)


def _written_and_read(pixels: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=0)
    return np.asarray(Image.open(file, formats=["JPEG"]))
