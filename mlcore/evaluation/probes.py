"""Probes: pictures that show nothing a classifier could know, made anywhere by a seed, to measure what it notices."""

from collections.abc import Callable

import numpy as np

Make = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]  # one picture (H, W, 3), any numbers

COUNT = 100  # of each kind: told to 4 points either way where all are caught
MIDDLE, CONTRAST = 127.5, 64.0  # grey level and standard deviation of noise that isn't uniform


def probes(shape: tuple[int, ...], count: int = COUNT, seed: int = 0) -> dict[str, np.ndarray]:
    """Pictures uint8 (count, H, W, 3) of each kind by its name; for clips (count, T, H, W, 3), which stand still."""
    return {name: pictures(make, shape, count, [seed, number]) for number, (name, make) in enumerate(KINDS.items())}


def pictures(make: Make, shape: tuple[int, ...], count: int, seed: int | list[int]) -> np.ndarray:
    """So many pictures of one kind, uint8 (count, *shape)."""
    rng = np.random.default_rng(seed)
    made = np.stack([make(rng, shape[-3:]) for _ in range(count)])
    pixels = np.clip(np.rint(made), 0, 255).astype("uint8")
    return pixels if len(shape) == 3 else np.repeat(pixels[:, None], shape[0], axis=1)


def uniform_noise(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Every value of every pixel drawn by itself, all equally likely."""
    return rng.uniform(-0.5, 255.5, shape)


def gaussian_noise(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Every value drawn by itself, near the middle most often."""
    return rng.normal(MIDDLE, CONTRAST, shape)


def pink_noise(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Noise whose amplitude falls as 1/f, as that of photographs does (Field 1987, JOSA A 4:2379): clouds of colour."""
    height, width, channels = shape
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    frequency[0, 0] = np.inf  # no mean
    spectrum = np.fft.rfft2(rng.normal(size=(channels, height, width))) / frequency
    clouds = np.fft.irfft2(spectrum, (height, width)).transpose(1, 2, 0)
    return MIDDLE + CONTRAST * clouds / (clouds.std() or 1.0)


def one_colour(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """A single colour all over."""
    return np.broadcast_to(rng.integers(0, 256, 3), shape)


def blank_paper(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """A white sheet as a camera sees it: light that falls off to one side, a tint, a little grain."""
    height, width, channels = shape
    angle, fall = rng.uniform(0, 2 * np.pi), rng.uniform(0, 40)
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    light = rng.uniform(205, 245) + fall / 2 * (down * np.sin(angle) + across * np.cos(angle))
    return light[..., None] + rng.normal(0, 4, channels) + rng.normal(0, 2, shape)


KINDS: dict[str, Make] = {
    "uniform noise": uniform_noise,
    "Gaussian noise": gaussian_noise,
    "1/f noise": pink_noise,
    "one colour": one_colour,
    "blank paper": blank_paper,
}
