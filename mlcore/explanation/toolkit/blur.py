"""Gaussian blur: a picture seen less and less sharply."""

import numpy as np
import numpy.typing as npt


def blurred(picture: np.ndarray, sigmas: npt.ArrayLike) -> np.ndarray:
    """Gaussian-blurred copies of a picture float32 (H, W, C), one for each spread in pixels: float32 (n, H, W, C).

    At the edges the weights of the pixels that are there are raised to a sum of 1. A spread of 0 is the picture
    itself; one much larger than the picture leaves its mean colour.
    """
    height, width, channels = picture.shape
    spreads = np.maximum(np.asarray(sigmas, "float64"), 1e-6)[:, None, None]
    rows = _weights(height, spreads) @ picture.reshape(height, width * channels)
    columns = rows.reshape(-1, height, width, channels).transpose(0, 2, 1, 3).reshape(-1, width, height * channels)
    both = _weights(width, spreads) @ columns
    return both.reshape(-1, width, height, channels).transpose(0, 2, 1, 3).astype("float32")


def _weights(side: int, sigmas: np.ndarray) -> np.ndarray:
    places = np.arange(side)
    weights = np.exp(-((places[:, None] - places) ** 2) / (2 * sigmas**2))
    return weights / weights.sum(axis=-1, keepdims=True)
