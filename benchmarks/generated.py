"""Made-up photographs in class folders, of the size and weight that ImageNet's have, in trees of any length."""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 375, 500
CANVAS = 2048  # pixels a side of what the pictures are cut from
QUALITY = 90  # with which they weigh about what ImageNet's do


def canvas(seed: int = 0) -> np.ndarray:
    """Colours whose detail falls with its fineness as in photographs (1/f), uint8 (CANVAS, CANVAS, 3)."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(CANVAS)[:, None], np.fft.rfftfreq(CANVAS)[None])
    frequency[0, 0] = 1
    layers = [np.fft.irfft2(np.fft.rfft2(rng.standard_normal((CANVAS, CANVAS))) / frequency) for _ in range(3)]
    grey = layers[0] / layers[0].std()
    colours = np.stack([grey + 0.3 * layer / layer.std() for layer in layers], axis=-1)
    return (128 + 50 * colours).clip(0, 255).astype("uint8")


def tree(folder: Path, count: int, classes: int, seed: int = 0) -> None:
    """So many JPEG files in so many class folders; a class has a tint, and is learned easily."""
    rng, whole = np.random.default_rng(seed), canvas(seed)
    tints = rng.integers(-40, 40, (classes, 3))
    for number in range(count):
        label = number % classes
        parent = folder / f"n{label:08}"
        parent.mkdir(parents=True, exist_ok=True)
        top, left = rng.integers(0, (CANVAS - HEIGHT, CANVAS - WIDTH))
        part = whole[top : top + HEIGHT, left : left + WIDTH].astype("int16")
        Image.fromarray((part + tints[label].astype("int16")).clip(0, 255).astype("uint8")).save(
            parent / f"n{label:08}_{number}.JPEG", quality=QUALITY
        )


if __name__ == "__main__":
    tree(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
