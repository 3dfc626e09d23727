"""Many pictures as one: a sheet of rows and columns."""

import numpy as np

GAP = 1  # pixels between pictures


def sheet(pictures: np.ndarray, columns: int) -> np.ndarray:
    """Pictures (N, H, W, 3) side by side, `columns` in a row, white between them: uint8 (h, w, 3)."""
    count, height, width, _ = pictures.shape
    rows = -(-count // columns)
    page = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3), 255, "uint8")
    for place, picture in enumerate(pictures):
        top, left = place // columns * (height + GAP), place % columns * (width + GAP)
        page[top : top + height, left : left + width] = picture
    return page
