"""The directions in which a generator's noise changes its pictures most."""

import io
from pathlib import Path

import numpy as np

from mlcore import durable
from mlcore.errors import Kind, Refused

MOST = 8
FILE = "directions.npy"


def principal(kernel: np.ndarray, noise: int, most: int = MOST) -> np.ndarray:
    """Unit directions of the noise, float32 (D, noise), those that the first layer stretches most on top.

    The leading left singular vectors of the noise's rows of the first kernel (V, units): closed-form factorisation
    (Shen & Zhou 2021, arXiv:2007.06600, eq. 4-6). Signs are fixed: the largest number of each direction is positive.
    """
    found = np.linalg.svd(np.asarray(kernel, "float64")[:noise], full_matrices=False)[0].T[:most]
    largest = found[np.arange(len(found)), np.abs(found).argmax(axis=1)]
    return (found * np.sign(largest)[:, None]).astype("float32")


def of(generator) -> np.ndarray:
    """The directions of a generator, float32 (D, noise), D at most 8; kept in its folder once they are known.

    The first time loads the Keras network, which takes some seconds. Raises Refused(not-compatible) for a network
    that doesn't begin with a dense layer.
    """
    known = kept(generator)
    if known is not None:
        return known
    found = principal(first_kernel(generator.model), generator.noise)
    if not generator.card.starter:
        keep(generator.folder, found)
    return found


def kept(generator) -> np.ndarray | None:
    """The directions that lie in a generator's folder, or None."""
    try:
        found = np.load(generator.folder / FILE, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.ndim == 2 and found.shape[1] == generator.noise else None


def keep(folder: Path, directions: np.ndarray) -> None:
    """Put directions into a generator's folder."""
    file = io.BytesIO()
    np.save(file, directions)
    durable.write_bytes(folder / FILE, file.getvalue())


def first_kernel(network) -> np.ndarray:
    """The kernel (V, units) of the first dense layer of a Keras network, wherever it is nested."""
    for layer in network._flatten_layers(include_self=False):
        if type(layer).__name__ == "Dense":
            return np.asarray(layer.kernel)
    raise Refused(Kind.NOT_COMPATIBLE, "This network doesn't begin with a dense layer, so it has no such directions.")


def moved(latents: np.ndarray, directions: np.ndarray, amounts) -> np.ndarray:
    """Noise (N, noise) moved along each direction by its amount, in standard deviations of the noise."""
    amounts = np.asarray(amounts, "float32")
    return latents + amounts @ directions[: len(amounts)]
