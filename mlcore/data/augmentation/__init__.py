"""Data augmentation, varied training pictures: NumPy on uint8 batches, each change one file in `changes`.

What each costs beside a training step and Keras' own layers stands in benchmarks/results/augmentation.json.
"""

import numpy as np

from mlcore.data.augmentation import frames
from mlcore.data.augmentation.draw import Draw, Indices
from mlcore.data.augmentation.shelf import wanted
from mlcore.recipe import Augmentation

__all__ = ["apply"]


def apply(
    pictures: np.ndarray, settings: Augmentation, epoch: int, indices: Indices, rng: np.random.Generator
) -> np.ndarray:
    """Varied copies uint8 (N, H, W, 3) of pictures uint8 (N, H, W, 3); the pictures stay as they are.

    Clips (N, T, H, W, 3) are varied as a whole: every frame of a clip is changed alike. `indices` (N,) are the
    pictures' indices in their split: with the epoch they decide who is mirrored. All other chance comes from `rng`, so
    the same arguments give the same copies. Without any change the input is returned.
    """
    if pictures.ndim == 5:
        return frames.apart(apply(frames.together(pictures), settings, epoch, indices, rng))
    draw = Draw(rng, epoch, np.asarray(indices))
    for change in wanted(settings):
        pictures = change.run(pictures, settings, draw)
    return pictures
