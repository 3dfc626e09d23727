"""What comes in at the border of a moved picture is mirrored from inside."""

import numpy as np


def padded(pictures: np.ndarray, width: int) -> np.ndarray:
    """Pictures (N, H, W, C) with a mirrored border; one wider than the picture goes back and forth."""
    return np.pad(pictures, ((0, 0), (width, width), (width, width), (0, 0)), mode="reflect")
