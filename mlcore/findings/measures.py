"""Measures of single pictures: brightness, contrast, sharpness, colour, levels, and what stands along the border."""

from dataclasses import dataclass, fields

import numpy as np

LUMA = np.array([0.299, 0.587, 0.114], "float32")
BINS = 4  # of each colour in a histogram
GREY = 3.0  # most that the colours of a grey picture differ by on average, of 255


@dataclass(frozen=True, eq=False)
class Measures:
    """One row for each picture: of 255 the 99th percentile of brightness and its spread, the sharpness, and so on.

    `sharpness` is the standard deviation of the Laplacian by that of the brightness, `colour` the mean distance of the
    largest from the smallest channel, `levels` how many of 256 occur; `histogram` (n, 64) are square roots of shares of
    colours, `border` (n, 32) means and spreads along each edge and in each corner.
    """

    brightest: np.ndarray
    contrast: np.ndarray
    sharpness: np.ndarray
    colour: np.ndarray
    levels: np.ndarray
    histogram: np.ndarray
    border: np.ndarray

    @property
    def is_grey(self) -> np.ndarray:
        """Which pictures have no colours."""
        grey: np.ndarray = self.colour < GREY
        return grey


def of(pictures: np.ndarray) -> Measures:
    """The measures of pictures uint8 (n, H, W, 3)."""
    grey = pictures @ LUMA
    flat = grey.reshape(len(grey), -1)
    contrast = flat.std(axis=1)
    return Measures(
        brightest=np.percentile(flat, 99, axis=1).astype("float32"),
        contrast=contrast,
        sharpness=_laplacian(grey).std(axis=(1, 2)) / np.maximum(contrast, 1),
        colour=np.ptp(pictures, axis=3).mean(axis=(1, 2)).astype("float32"),
        levels=np.array([len(np.unique(picture)) for picture in pictures[..., 1]]),
        histogram=np.sqrt(_histogram(pictures)),
        border=_border(pictures),
    )


def joined(parts: list[Measures]) -> Measures:
    """Measures one after the other."""
    names = [each.name for each in fields(Measures)]
    return Measures(**{name: np.concatenate([getattr(each, name) for each in parts]) for name in names})


def _laplacian(grey: np.ndarray) -> np.ndarray:
    if min(grey.shape[1:]) < 3:  # no pixel has four neighbours
        return np.zeros_like(grey)
    middle = grey[:, 1:-1, 1:-1]
    around = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1] + grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
    laplacian: np.ndarray = around - 4 * middle
    return laplacian


def _histogram(pictures: np.ndarray) -> np.ndarray:
    coarse = (pictures // (256 // BINS)).astype("int64")
    codes = (coarse[..., 0] * BINS + coarse[..., 1]) * BINS + coarse[..., 2]
    cells = codes.reshape(len(codes), -1) + np.arange(len(codes))[:, None] * BINS**3
    counts = np.bincount(cells.ravel(), minlength=len(codes) * BINS**3).reshape(len(codes), -1)
    shares: np.ndarray = (counts / cells.shape[1]).astype("float32")
    return shares


def _border(pictures: np.ndarray) -> np.ndarray:
    height, width = pictures.shape[1:3]
    edge, corner = max(1, min(height, width) // 24), max(2, min(height, width) // 8)
    top, bottom, left, right = slice(edge), slice(height - edge, height), slice(edge), slice(width - edge, width)
    first, last, all_ = slice(corner), slice(-corner, None), slice(None)
    edges = [(top, all_), (bottom, all_), (all_, left), (all_, right)]
    places = edges + [(rows, columns) for rows in (first, last) for columns in (first, last)]
    columns = []
    for rows, across in places:
        patch = pictures[:, rows, across].astype("float32")
        columns += [patch.mean(axis=(1, 2)), patch.std(axis=(1, 2, 3))[:, None]]
    return np.concatenate(columns, axis=1) / np.float32(255)
