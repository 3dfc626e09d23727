"""Repair of damaged pictures (inpainting): classical fills, our network on top of one, and how good they are."""

from typing import Any

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.repair.damage import KINDS as damages
from mlcore.repair.damage import damage
from mlcore.repair.fills import fills
from mlcore.repair.score import Score, score
from mlcore.settings import read

__all__ = ["Score", "checked_mask", "damage", "damages", "fill", "fills", "keep_outside", "score"]


def fill(name: str, pixels: np.ndarray, mask: np.ndarray, **settings: Any) -> np.ndarray:
    """Close the hole of a picture uint8 (H, W, 3) by a classical fill; outside the mask nothing changes, to the bit.

    `mask` bool (H, W) is True where pixels are lost. Raises Refused: unknown-name, bad-setting, not-compatible for a
    mask of another size or a fill whose library is missing.
    """
    entry = fills.get(name)
    mask = checked_mask(pixels, mask)
    if not mask.any():
        return pixels.copy()
    return keep_outside(pixels, entry.run(read(entry.settings, settings), pixels, mask), mask)


def checked_mask(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The mask as bool (H, W); raises Refused(not-compatible) when it isn't of the picture's size."""
    mask = np.asarray(mask, bool)
    if mask.shape != pixels.shape[:2]:
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"The mask has {mask.shape[-1]} x {mask.shape[0]} pixels and the picture {pixels.shape[1]} x "
            f"{pixels.shape[0]}; both must have the same size.",
        )
    return mask


def keep_outside(pixels: np.ndarray, repaired: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The repaired picture with every pixel outside the mask as it was."""
    return np.where(mask[..., None], repaired, pixels)
