"""Photographs that come inside scikit-image and scikit-learn, so that they are there without a network."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from mlcore import images

FOLDERS = {"skimage": "data", "sklearn": "datasets/images"}
FILES = {
    "chelsea": "skimage/chelsea.png",
    "coffee": "skimage/coffee.png",
    "rocket": "skimage/rocket.jpg",
    "astronaut": "skimage/astronaut.png",
    "camera": "skimage/camera.png",
    "motorcycle": "skimage/motorcycle_left.png",
    "china": "sklearn/china.jpg",
    "flower": "sklearn/flower.jpg",
}


def path(name: str) -> Path:
    """The file of a photograph."""
    package, file = FILES[name].split("/")
    return Path(find_spec(package).origin).parent / FOLDERS[package] / file


def pixels(name: str) -> np.ndarray:
    """A photograph as uint8 (H, W, 3)."""
    return images.decode(path(name).read_bytes()).pixels
