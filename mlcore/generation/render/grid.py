"""A grid of pictures: many as one, in rows and columns."""

import numpy as np

GAP = 1  # pixels between pictures


def grid(pictures: np.ndarray, columns: int) -> np.ndarray:
    """Pictures (N, H, W, 3) side by side, `columns` in a row, white between them: uint8 (h, w, 3)."""
    count, height, width, _ = pictures.shape
    rows = -(-count // columns)
    page = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3), 255, "uint8")
    for index, picture in enumerate(pictures):
        top, left = index // columns * (height + GAP), index % columns * (width + GAP)
        page[top : top + height, left : left + width] = picture
    return page
