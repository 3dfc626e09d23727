"""Biharmonic inpainting as a matrix: for a mask, every lost pixel is a weighted sum of known ones.

The fill is the smoothest surface through the hole. The biharmonic equation (the discrete square of the Laplacian is 0
in the hole) is linear in the known pixels, so the weights are solved for once per mask and then serve every picture
and colour: a product of matrices.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

# The square of the five-point Laplacian: weights of the 13 pixels around a pixel.
STENCIL = {(0, 0): 20.0, (1, 1): 2.0, (1, -1): 2.0, (-1, 1): 2.0, (-1, -1): 2.0} | {
    offset: weight
    for weight, distance in ((-8.0, 1), (1.0, 2))
    for offset in ((distance, 0), (-distance, 0), (0, distance), (0, -distance))
}

MOST_WEIGHTS = 2_000_000  # 8 MB a mask; a larger hole is solved anew for each picture


class HarmonicFill:
    """Fills one mask, bool (H, W), in any number of pictures."""

    def __init__(self, mask: np.ndarray) -> None:
        self._lost = np.flatnonzero(mask)
        self._solve = None if len(self._lost) == mask.size else _solver(mask)

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        """Pictures (N, H, W, C) as float32 with the lost pixels filled; a picture without known ones gets grey."""
        filled = pictures.astype("float32")
        flat = filled.reshape(len(filled), -1, filled.shape[-1])
        if len(self._lost):
            flat[:, self._lost] = 127.5 if self._solve is None else self._solve(flat)
        return np.clip(filled, 0, 255)


@lru_cache(maxsize=1024)
def _cached(content: bytes, shape: tuple[int, int]) -> HarmonicFill:
    return HarmonicFill(np.frombuffer(content, bool).reshape(shape))


def harmonic_fill(mask: np.ndarray) -> HarmonicFill:
    """The filler of a mask; the last thousand stay solved."""
    mask = np.ascontiguousarray(mask, bool)
    return _cached(mask.tobytes(), mask.shape)


def _solver(mask: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A function from pictures (N, H * W, C) to their lost pixels (N, lost, C)."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.linalg import splu

    height, width = mask.shape
    lost = np.flatnonzero(mask)
    rows, columns, values = _equations(mask)
    system = csr_matrix((values, (rows, columns)), (len(lost), height * width))
    near = np.unique(system[:, ~mask.ravel()].nonzero()[1])
    rim = np.flatnonzero(~mask.ravel())[near]
    inverse, outer = splu(system[:, lost].tocsc()), system[:, rim]
    if len(lost) * len(rim) > MOST_WEIGHTS:
        return lambda flat: np.stack([-inverse.solve(outer @ one[rim].astype("float64")) for one in flat])
    weights = -inverse.solve(outer.toarray()).astype("float32")
    return lambda flat: np.einsum("lk,nkc->nlc", weights, flat[:, rim], optimize=True)


def _equations(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One equation for each lost pixel; where the stencil leaves the picture, the border pixel stands in."""
    height, width = mask.shape
    at_row, at_column = np.nonzero(mask)
    rows, columns, values = [], [], []
    for (down, right), weight in STENCIL.items():
        row, column = np.clip(at_row + down, 0, height - 1), np.clip(at_column + right, 0, width - 1)
        rows.append(np.arange(len(at_row)))
        columns.append(row * width + column)
        values.append(np.full(len(at_row), weight))
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
