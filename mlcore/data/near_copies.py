"""Near duplicates, such as ten frames of one held-up object: they prove little about new pictures."""

import numpy as np

from mlcore import images

SIDE = 16  # pixels of the thumbnail that is compared
# Correlation of two thumbnails from which on they count as one picture. No pair of 1,500 pictures of CIFAR-10
# reaches it, of MNIST 0.02 % of the pairs of a digit; of copies, compressed, brightened or made noisy, 99 % do.
ALIKE = 0.98


def groups(pictures: np.ndarray, alike: float = ALIKE) -> np.ndarray:
    """Numbers (N,), the same for pictures uint8 (N, H, W, 3) that are linked by pairs which look almost alike."""
    return linked(signatures(pictures), alike)


def linked(thumbnails: np.ndarray, alike: float = ALIKE) -> np.ndarray:
    """The same of the pictures' signatures (N, 768)."""
    near = thumbnails @ thumbnails.T >= alike
    np.fill_diagonal(near, True)
    group_of = np.arange(len(thumbnails))
    while True:
        following = np.array([group_of[row].min() for row in near], int)
        if (following == group_of).all():
            return group_of
        group_of = following


def signatures(pictures: np.ndarray) -> np.ndarray:
    """Thumbnails (N, 768), without their mean and of length 1: their products are correlations."""
    small = np.stack([images.fit(picture, SIDE, SIDE) for picture in pictures]).astype("float32")
    flat = small.reshape(len(small), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
