"""A clip is varied as one picture with the colours of all its frames, so that one change meets all of them."""

import numpy as np


def together(clips: np.ndarray) -> np.ndarray:
    """Clips (N, T, H, W, 3) as pictures (N, H, W, 3 T)."""
    count, _, height, width, _ = clips.shape
    return np.ascontiguousarray(clips.transpose(0, 2, 3, 1, 4)).reshape(count, height, width, -1)


def apart(pictures: np.ndarray) -> np.ndarray:
    """Pictures (N, H, W, 3 T) as clips (N, T, H, W, 3) again."""
    count, height, width, channels = pictures.shape
    frames = pictures.reshape(count, height, width, channels // 3, 3)
    return np.ascontiguousarray(frames.transpose(0, 3, 1, 2, 4))
