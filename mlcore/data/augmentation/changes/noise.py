"""Gaussian noise, as a camera has in the dark."""

from statistics import NormalDist

import numpy as np

from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation

# A random byte picks one of 256 equally likely values, so noise costs a tenth of drawing normal numbers; the farthest
# lie 2.9 deviations out.
VALUES = np.array([NormalDist().inv_cdf((byte + 0.5) / 256) for byte in range(256)])
VALUES /= VALUES.std()


@changes.add("noise", "Noise", about=About(("noise",), {"noise": 0.15}))
def noise(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """Each value a little higher or lower, every picture up to as strongly as the setting; a clip's frames alike."""
    count, height, width, channels = pictures.shape
    deviations = 255 * draw.up_to(settings.noise)
    levels = np.rint(deviations[:, None] * VALUES).astype("int16")
    bytes_drawn = np.frombuffer(draw.rng.bytes(count * height * width * 3), "uint8").reshape(count, height, width, 3)
    added = np.stack([own.take(drawn) for own, drawn in zip(levels, bytes_drawn, strict=True)])
    return np.clip(pictures + np.tile(added, channels // 3), 0, 255).astype("uint8")
