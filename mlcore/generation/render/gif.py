"""Made pictures to take along: as an animated GIF, and as a ZIP of single files."""

import io
import zipfile
from collections.abc import Iterable

import numpy as np
from PIL import Image

from mlcore import images

FRAME_MS = 120
LAST_MS = 1200
WIDEST = 960  # pixels that grids are enlarged to, at most


def enlarged(pixels: np.ndarray, width: int = WIDEST) -> np.ndarray:
    """Pixels (H, W, 3), each as a square of several: as large as fits into `width`, never smaller than they are."""
    times = max(1, width // pixels.shape[1])
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def gif(frames: Iterable[np.ndarray], frame_ms: int = FRAME_MS) -> bytes:
    """Frames uint8 (H, W, 3) of one size as a GIF that repeats for ever; the last one stays a little longer."""
    pictures = [Image.fromarray(np.ascontiguousarray(frame)) for frame in frames]
    file, durations = io.BytesIO(), [frame_ms] * (len(pictures) - 1) + [LAST_MS]
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0)
    return file.getvalue()


def zipped(pictures: np.ndarray, names: list[str]) -> bytes:
    """Pictures uint8 (N, H, W, 3) as PNG files of these names in a ZIP."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # PNGs are compressed already
        for name, pixels in zip(names, pictures, strict=True):
            archive.writestr(f"{name}.png", images.png(pixels))
    return file.getvalue()
