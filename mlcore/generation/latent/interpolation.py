"""Interpolation in latent space: ways from one made picture to another, through the noise and from class to class."""

from collections.abc import Sequence

import numpy as np

from mlcore.generation.generator import Generator

STRAIGHT = 1e-4  # radians; nearly parallel vectors are blended in a straight line, where the arc can't be told

Shares = Sequence[float] | np.ndarray  # how far along each point lies, 0 to 1


def slerp(one: np.ndarray, other: np.ndarray, shares: Shares) -> np.ndarray:
    """Points on the arc between two noise vectors (Z,), float32 (N, Z): 0 is the first, 1 the other.

    Spherical interpolation (Shoemake 1985; White 2016, arXiv:1609.04468): noise of many numbers lies near a sphere,
    and a straight line would pass through its inside, which training never saw. The lengths are blended beside it.
    """
    one, other = np.asarray(one, "float64"), np.asarray(other, "float64")
    lengths = np.linalg.norm(one), np.linalg.norm(other)
    along = np.asarray(shares, "float64")[:, None]
    if min(lengths) == 0:
        return ((1 - along) * one + along * other).astype("float32")
    start, end = one / lengths[0], other / lengths[1]
    angle = np.arccos(np.clip(start @ end, -1, 1))
    if angle < STRAIGHT or np.pi - angle < STRAIGHT:
        return ((1 - along) * one + along * other).astype("float32")
    points = (np.sin((1 - along) * angle) * start + np.sin(along * angle) * end) / np.sin(angle)
    return (points * ((1 - along) * lengths[0] + along * lengths[1])).astype("float32")


def between(first: int, last: int, classes: int, shares: Shares) -> np.ndarray:
    """Shares of classes, float32 (N, K), from one class to another; every row adds up to 1."""
    along, rows = np.asarray(shares, "float32")[:, None], np.eye(classes, dtype="float32")
    return (1 - along) * rows[first] + along * rows[last]


def way(
    generator: Generator, seeds: tuple[int, int], classes: tuple[int, int], shares: Shares, count: int = 1
) -> np.ndarray:
    """Pictures uint8 (count, N, H, W, 3) on the way from each of a seed's first pictures to its fellow of another seed.

    Equal seeds change the class alone, equal classes the seed alone.
    """
    ends = zip(*(generator.latents(count, seed) for seed in seeds), strict=True)
    latents = np.concatenate([slerp(one, other, shares) for one, other in ends])
    mixture = between(*classes, len(generator.card.classes), shares) if generator.conditional else None
    pictures = generator.draw(latents, None if mixture is None else np.tile(mixture, (count, 1)))
    return pictures.reshape(count, len(shares), *pictures.shape[1:])
