"""Pictures at the size that a backbone looks at, as the layers of `graft.resized` make them, without Keras."""

import numpy as np


def resized(pictures: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Pictures float32 (N, h, w, 3) of those given (N, H, W, 3): whole factors averaged away, the rest bilinear."""
    given = pictures.shape[1:3]
    factor = max(1, min(given[0] // size[0], given[1] // size[1]))
    smaller = _averaged(np.asarray(pictures, "float32"), factor)
    rows, columns = (_bilinear(given_side, side) for given_side, side in zip(smaller.shape[1:3], size, strict=True))
    return np.einsum("yh,nhwc,xw->nyxc", rows, smaller, columns, optimize=True)


def _averaged(pictures: np.ndarray, factor: int) -> np.ndarray:
    """Means of squares of `factor` pixels; what is left at the right and below is cut off, as pooling does."""
    count, height, width, channels = pictures.shape
    high, wide = height // factor, width // factor
    whole = pictures[:, : high * factor, : wide * factor]
    return whole.reshape(count, high, factor, wide, factor, channels).mean(axis=(2, 4))


def _bilinear(given: int, wanted: int) -> np.ndarray:
    """The matrix float32 (wanted, given) of bilinear interpolation with centres of pixels at half numbers."""
    centres = np.clip((np.arange(wanted) + 0.5) * given / wanted - 0.5, 0, given - 1)
    below = np.floor(centres).astype(int)
    matrix = np.zeros((wanted, given), "float32")
    matrix[np.arange(wanted), below] = 1 - (centres - below)
    matrix[np.arange(wanted), np.minimum(below + 1, given - 1)] += centres - below
    return matrix
