"""Random maps and other baselines that know nothing of the network, to compare a saliency map with."""

from collections.abc import Callable

import numpy as np


def pixel_noise(heat: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A number drawn for each place by itself: the finest grain."""
    return rng.standard_normal(heat.shape)


def same_grain(heat: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Noise with patches as large as those of the heat.

    The strength of each spatial frequency is the heat's own and its phase is drawn anew (surrogate data, Theiler
    et al. 1992, Physica D 58:77). Pixel noise and patches hide a picture differently, so a smooth map must be
    compared with smooth noise.
    """
    strength = np.abs(np.fft.fftn(heat - heat.mean()))
    noise = np.fft.fftn(rng.standard_normal(heat.shape))
    return np.fft.ifftn(strength * np.exp(1j * np.angle(noise))).real


def centre(picture: np.ndarray) -> np.ndarray:
    """How near each place is to the middle of the picture, (H, W): objects are photographed there."""
    axes = np.meshgrid(*(np.linspace(-1, 1, side) for side in picture.shape[-3:-1]), indexing="ij")
    near = -sum(axis**2 for axis in axes)
    return np.broadcast_to(near, picture.shape[:-1]).copy()


def edges(picture: np.ndarray) -> np.ndarray:
    """How much the colours change around each place, (H, W): what an edge detector sees (Adebayo 2018, section 5)."""
    slopes = np.gradient(np.asarray(picture, "float64"), axis=(-3, -2))
    return np.sqrt(sum(slope**2 for slope in slopes)).max(axis=-1)


BLIND: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "centre": ("Middle of the picture", centre),
    "edges": ("Edges of the picture", edges),
}
