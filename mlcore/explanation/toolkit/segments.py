"""Superpixels: a picture cut into connected regions of similar colour."""

import numpy as np

LEAST_PIXELS = 2  # in a segment on average: fewer would be no regions
COMPACTNESS = 10  # of SLIC; on 28 to 32 pixels a whole digit is one segment at 3, and edges are cut across at 30


def segments(picture: np.ndarray, count: int) -> np.ndarray:
    """About `count` segments of a picture (H, W, 3) in 0..255: int (H, W), numbered from 0 without gaps.

    SLIC (Achanta et al. 2012, doi:10.1109/TPAMI.2012.120). Where colours are so mixed that it leaves fewer than
    half of the segments asked for, a grid of rectangles takes its place.
    """
    height, width = picture.shape[:2]
    wanted = max(1, min(count, height * width // LEAST_PIXELS))
    labels = _slic(picture, wanted)
    return labels if 2 * (labels.max() + 1) >= wanted else grid(height, width, wanted)


def grid(height: int, width: int, count: int) -> np.ndarray:
    """At most about `count` rectangles, as square as can be: int (height, width), numbered from 0 row by row."""
    along = min(height, max(1, round(np.sqrt(count * height / width))))
    across = min(width, max(1, round(count / along)))
    rows, columns = np.arange(height) * along // height, np.arange(width) * across // width
    return rows[:, None] * across + columns


def spread(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """What one pixel of each segment gets when a value (M,) is spread evenly over its segment: float32 (H, W)."""
    return (values / np.bincount(labels.ravel()))[labels].astype("float32")


def _slic(picture: np.ndarray, count: int) -> np.ndarray:
    from skimage.segmentation import slic

    labels = slic(picture / 255, n_segments=count, compactness=COMPACTNESS, start_label=0, channel_axis=-1)
    return np.unique(labels, return_inverse=True)[1].reshape(labels.shape)
