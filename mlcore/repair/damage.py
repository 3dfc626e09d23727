"""Damage to pictures, as inpainting masks: centre, scratches, blocks, noise, strokes; True where pixels are lost."""

from collections.abc import Callable

import numpy as np

from mlcore.errors import Kind, unknown


def damage(name: str, height: int, width: int, seed: int = 0) -> np.ndarray:
    """The mask of a kind of damage: bool (height, width), True where pixels are lost; the same for the same seed."""
    if name not in KINDS:
        raise unknown(Kind.UNKNOWN_NAME, "kind of damage", name, KINDS)
    return KINDS[name](height, width, np.random.default_rng(seed))


def _centre(height: int, width: int, random: np.random.Generator) -> np.ndarray:
    """A hole in the middle with 3/7 of the picture's sides: 12 of 28 pixels."""
    mask = np.zeros((height, width), bool)
    tall, wide = round(height * 3 / 7), round(width * 3 / 7)
    top, left = (height - tall) // 2, (width - wide) // 2
    mask[top : top + tall, left : left + wide] = True
    return mask


def _scratches(height: int, width: int, random: np.random.Generator, count: int = 3) -> np.ndarray:
    """Thin lines from border to border, one pixel wide up to 64 pixels, wider above."""
    rows, columns = np.mgrid[:height, :width]
    mask, half = np.zeros((height, width), bool), max(height, width) / 64 / 2
    for _ in range(count):
        angle = random.uniform(0, np.pi)
        offset = (random.uniform(0.25, 0.75) * height, random.uniform(0.25, 0.75) * width)
        across = (rows - offset[0]) * np.cos(angle) - (columns - offset[1]) * np.sin(angle)
        mask |= np.abs(across) <= max(half, 0.5)
    return mask


def _blocks(height: int, width: int, random: np.random.Generator, count: int = 4) -> np.ndarray:
    """Squares of an eighth to a fifth of the picture, anywhere."""
    mask = np.zeros((height, width), bool)
    for _ in range(count):
        side = int(random.uniform(1 / 8, 1 / 5) * min(height, width)) + 1
        top, left = random.integers(0, height - side + 1), random.integers(0, width - side + 1)
        mask[top : top + side, left : left + side] = True
    return mask


def _noise(height: int, width: int, random: np.random.Generator, share: float = 0.3) -> np.ndarray:
    """Single pixels, three in ten."""
    return random.random((height, width)) < share


def _strokes(height: int, width: int, random: np.random.Generator, count: int = 2) -> np.ndarray:
    """Wandering brush strokes, as a hand would paint over something."""
    rows, columns = np.mgrid[:height, :width]
    mask, radius = np.zeros((height, width), bool), max(1.0, min(height, width) / 20)
    for _ in range(count):
        point, angle = random.uniform(0.2, 0.8, 2) * (height, width), random.uniform(0, 2 * np.pi)
        for _ in range(int(min(height, width) / radius)):
            mask |= (rows - point[0]) ** 2 + (columns - point[1]) ** 2 <= radius**2
            angle += random.normal(0, 0.5)
            point = np.clip(point + radius * np.array([np.sin(angle), np.cos(angle)]), 0, (height - 1, width - 1))
    return mask


KINDS: dict[str, Callable[[int, int, np.random.Generator], np.ndarray]] = {
    "centre": _centre,
    "scratches": _scratches,
    "blocks": _blocks,
    "noise": _noise,
    "strokes": _strokes,
}
