"""Directions of a generator's latent space along which its pictures change most, by closed-form factorisation."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mlcore import durable, reader
from mlcore.errors import Kind, Refused
from mlcore.generation.generator import Generator
from mlcore.tensors import KerasModel

MOST = 8
FILE = "directions.npy"


def principal(kernel: np.ndarray, noise: int, most: int = MOST) -> np.ndarray:
    """Unit directions of the noise, float32 (D, noise), those that the first layer stretches most on top.

    The leading left singular vectors of the noise's rows of the first kernel (V, units): closed-form factorisation
    (Shen & Zhou 2021, arXiv:2007.06600, eq. 4-6). Signs are fixed: the largest number of each direction is positive.
    """
    directions = np.linalg.svd(np.asarray(kernel, "float64")[:noise], full_matrices=False)[0].T[:most]
    largest = directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)]
    return (directions * np.sign(largest)[:, None]).astype("float32")


def of(generator: Generator) -> np.ndarray:
    """The directions of a generator, float32 (D, noise), D at most 8; kept in its folder once they are known.

    The first time loads the Keras network, which takes some seconds. Raises Refused(not-compatible) for a network
    that doesn't begin with a dense layer.
    """
    kept_directions = kept(generator)
    if kept_directions is not None:
        return kept_directions
    directions = principal(first_kernel(generator.model), generator.noise)
    if not generator.card.starter:
        keep(generator.folder, directions)
    return directions


def kept(generator: Generator) -> np.ndarray | None:
    """The directions that lie in a generator's folder, or None."""
    try:
        directions = reader.array(generator.folder / FILE)
    except Refused:
        return None
    fits = directions.ndim == 2 and len(directions) <= MOST and directions.shape[1] == generator.noise
    return directions if fits else None


def keep(folder: Path, directions: np.ndarray) -> None:
    """Put directions into a generator's folder."""
    file = io.BytesIO()
    np.save(file, directions)
    durable.write_bytes(folder / FILE, file.getvalue())


def first_kernel(network: KerasModel) -> np.ndarray:
    """The kernel (V, units) of the first dense layer of a Keras network, wherever it is nested."""
    for layer in network._flatten_layers(include_self=False):
        if type(layer).__name__ == "Dense":
            return np.asarray(layer.kernel)
    raise Refused(Kind.NOT_COMPATIBLE, "This network doesn't begin with a dense layer, so it has no such directions.")


def moved(latents: np.ndarray, directions: np.ndarray, amounts: Sequence[float] | np.ndarray) -> np.ndarray:
    """Noise (N, noise) moved along each direction by its amount, in standard deviations of the noise."""
    steps = np.asarray(amounts, "float32")
    return latents + steps @ directions[: len(steps)]
