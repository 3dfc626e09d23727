"""Class activation map (CAM): which places of the last feature map speak for a class. No network needed."""

import numpy as np
from PIL import Image


def class_map(features: np.ndarray, kernel: np.ndarray, target: int) -> np.ndarray:
    """Each place's share in the score of a class: float32 (h, w), negative where it speaks against.

    For a network that pools its last feature map (h, w, C) to one number per filter and multiplies these by
    a kernel (C, K) (Zhou et al. 2016, arXiv:1512.04150, eq. 2). Under average pooling the mean of the map
    plus the bias is the logit; under maximum pooling the map is a guide only.
    """
    return (np.asarray(features, "float32") @ np.asarray(kernel, "float32")[:, target]).astype("float32")


def upscale(heat: np.ndarray, height: int, width: int) -> np.ndarray:
    """The map at another size, float32 (height, width), with straight lines between the middles of its places."""
    image = Image.fromarray(np.ascontiguousarray(heat, "float32"))
    return np.array(image.resize((width, height), Image.Resampling.BILINEAR))
