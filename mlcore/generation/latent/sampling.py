"""Sampling a generator: from points of its latent space and classes to pictures."""

import numpy as np

from mlcore.generation.settings import GanSettings
from mlcore.tensors import KerasModel

ROWS = 8
MOST_COLUMNS = 10


def latents(noise: int, count: int, seed: int) -> np.ndarray:
    """Random numbers float32 (count, noise) for pictures 0 to count-1 of a seed; a picture keeps its own."""
    rows = [np.random.default_rng([seed, index]).standard_normal(noise) for index in range(count)]
    return np.array(rows, "float32").reshape(count, noise)


def vectors(latent: np.ndarray, shares: np.ndarray | None) -> np.ndarray:
    """What the generator is given: latents (N, Z), and shares of classes (N, K) where it knows classes."""
    return latent if shares is None else np.concatenate([latent, shares], axis=1).astype("float32")


def fixed_vectors(plan: GanSettings, classes: int) -> tuple[np.ndarray, int]:
    """The vectors of a preview, always the same: a column for each class (up to ten), eight rows of noise."""
    columns = min(classes, MOST_COLUMNS) if plan.conditioning != "none" else ROWS
    latent = latents(plan.noise, ROWS, plan.seed).repeat(columns, axis=0)
    if plan.conditioning == "none":
        return latents(plan.noise, ROWS * columns, plan.seed), columns
    return vectors(latent, np.tile(np.eye(classes, dtype="float32")[:columns], (ROWS, 1))), columns


def draw(generator: KerasModel, given: np.ndarray) -> np.ndarray:
    """Pictures uint8 (N, H, W, 3) of vectors by a Keras generator whose pictures are -1..1."""
    values = np.asarray(generator(given, training=False))
    return to_pictures((values + 1) * 127.5)


def to_pictures(levels: np.ndarray) -> np.ndarray:
    """Levels 0..255 of any float type and one or three channels as pictures uint8 (N, H, W, 3)."""
    pictures = np.rint(np.clip(levels, 0, 255)).astype("uint8")
    return pictures.repeat(3, axis=-1) if pictures.shape[-1] == 1 else pictures
