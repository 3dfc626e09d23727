"""Counterfactual edits: the same picture with a region covered, brighter, flatter or turned, and asked about again."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from PIL import Image, ImageFilter

from mlcore.errors import Kind, Refused
from mlcore.settings import Settings, choice, number

LUMA = np.array([0.299, 0.587, 0.114], "float32")  # ITU-R BT.601
BLUR = 6  # the blur's spread is a sixth of the shorter side: enough to make a face a patch of skin


class Edit(Settings):
    """What is done to a picture before the classifier is asked again; by default nothing."""

    fill: Literal["blur", "grey", "average"] = choice("blur", "What takes the place of the region you marked")
    brightness: float = number(1.0, 0.0, 3.0, "How many times as bright; 1 leaves the picture as it is")
    contrast: float = number(1.0, 0.0, 3.0, "How many times as far from the picture's middle grey")
    rotation: float = number(0.0, -180.0, 180.0, "Degrees, anticlockwise; the corners get the average colour")


Fill = Callable[[np.ndarray, np.ndarray], np.ndarray]  # (pixels, mask bool (H, W)) to pixels


def edited(pixels: np.ndarray, mask: np.ndarray | None, edit: Edit, repair: Fill | None = None) -> np.ndarray:
    """The picture uint8 (H, W, 3) after an edit: covered first, then contrast, brightness, rotation.

    `mask`, bool of any size, marks what is covered; at a smaller size its places cover by their share.
    `repair` fills the region in place of `edit.fill`. An edit that asks for nothing gives the very same pixels.
    Raises Refused(bad-setting) for a mask that isn't one.
    """
    pixels = covered(pixels, mask, repair or FILLS[edit.fill]) if mask is not None else pixels
    pixels = _toned(pixels, edit.brightness, edit.contrast)
    return _turned(pixels, edit.rotation)


def covered(pixels: np.ndarray, mask: np.ndarray, fill: Fill) -> np.ndarray:
    """The picture with what a mask marks replaced by what `fill(pixels, mask)` gives, uint8 (H, W, 3)."""
    share = coverage(mask, *pixels.shape[:2])
    if not share.any():
        return pixels
    instead = np.asarray(fill(pixels, share > 0.5), "float32")
    return np.rint(pixels + share[..., None] * (instead - pixels)).astype("uint8")


def coverage(mask: np.ndarray, height: int, width: int) -> np.ndarray:
    """How much of each place a mask covers: float32 (height, width), 0 to 1."""
    mask = np.asarray(mask)
    if mask.ndim != 2 or not mask.size:
        raise Refused(Kind.BAD_SETTING, f"A mask is (H, W), one yes or no for each pixel; this has shape {mask.shape}.")
    if mask.shape == (height, width):
        return mask.astype("float32")
    image = Image.fromarray(np.ascontiguousarray(mask, "float32"))
    return np.clip(np.asarray(image.resize((width, height), Image.Resampling.BOX)), 0, 1)


def grey(pixels: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Middle grey everywhere."""
    return np.full_like(pixels, 128)


def average(pixels: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """The picture's average colour everywhere."""
    return np.broadcast_to(np.rint(pixels.mean(axis=(0, 1))).astype("uint8"), pixels.shape)


def blur(pixels: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """The picture so blurred that only its large patches of colour are left."""
    spread = max(1.0, min(pixels.shape[:2]) / BLUR)
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(spread)))


FILLS = {"blur": blur, "grey": grey, "average": average}


def _toned(pixels: np.ndarray, brightness: float, contrast: float) -> np.ndarray:
    if brightness == contrast == 1:
        return pixels
    values = pixels.astype("float32")
    middle = float((values @ LUMA).mean())
    return np.rint(np.clip((middle + (values - middle) * contrast) * brightness, 0, 255)).astype("uint8")


def _turned(pixels: np.ndarray, degrees: float) -> np.ndarray:
    if degrees == 0:
        return pixels
    corners = tuple(int(value) for value in average(pixels)[0, 0])
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=corners))
