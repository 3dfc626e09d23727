"""What batch normalisation tells of pictures that a network learned from, where none of them is at hand.

The last such layer has made each filter's output a normal variable with mean beta and deviation gamma (Ioffe and
Szegedy 2015, arXiv:1502.03167, algorithm 1), over the pictures that were learned from. So the mean of the feature map
behind it, a rectifier with a cap, is known in closed form.
"""

from math import erf, pi
from typing import Any

import numpy as np


def usual_features(model: Any) -> np.ndarray | None:
    """The mean over all learned pictures of each feature float32 (C,) of a network that ends in such a layer and ReLU6.

    None for a network without batch normalisation.
    """
    layers = [layer for layer in model.layers if type(layer).__name__ == "BatchNormalization"]
    if not layers:
        return None
    gamma, beta, *_ = (np.asarray(weights, "float64") for weights in layers[-1].get_weights())
    return rectified_mean(beta, np.abs(gamma), cap=6.0).astype("float32")


def rectified_mean(mean: np.ndarray, deviation: np.ndarray, cap: float) -> np.ndarray:
    """The mean of normal variables (C,) after what lies below 0 became 0 and what lies above the cap became the cap."""
    return _excess(mean, deviation) - _excess(mean - cap, deviation)


def _excess(mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """The mean of max(x, 0) for normal x: m F(m / s) + s f(m / s)."""
    deviation = np.maximum(deviation, 1e-12)
    ratio = mean / deviation
    below = np.array([(1 + erf(each / 2**0.5)) / 2 for each in ratio])
    return mean * below + deviation * np.exp(-(ratio**2) / 2) / (2 * pi) ** 0.5
