"""Baselines: what a place of a picture is replaced by when a method hides it."""

from typing import Literal, get_args

import numpy as np

from mlcore.explanation.toolkit.blur import blurred

Baseline = Literal["mean", "grey", "black", "white", "blur"]
BASELINES: tuple[Baseline, ...] = get_args(Baseline)
HELP = "What hidden places show: the picture's mean colour, grey, black, white or the picture blurred"
LEVELS = {"black": 0.0, "grey": 127.5, "white": 255.0}
BLUR = 6  # the blur's spread is a sixth of the shorter side: enough to make a face a patch of skin


def plain(picture: np.ndarray, baseline: Baseline) -> np.ndarray:
    """The picture with everything hidden: float32 (H, W, 3), for a picture (H, W, 3) in 0..255."""
    if baseline == "blur":
        return blurred(picture, [min(picture.shape[:2]) / BLUR])[0]
    if baseline == "mean":
        return np.broadcast_to(picture.mean(axis=(0, 1), dtype="float64").astype("float32"), picture.shape)
    return np.full(picture.shape, LEVELS[baseline], "float32")
