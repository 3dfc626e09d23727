"""A finished repair network (inpainting): the smooth fill of a hole, and what the network adds to it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from mlcore import library
from mlcore.errors import Kind, Refused
from mlcore.library.card import Card
from mlcore.library.opened import Opened
from mlcore.repair import checked_mask, keep_outside
from mlcore.repair.large import repair_large
from mlcore.repair.masks import with_fill
from mlcore.repair.settings import MOST_PIXELS


class Repairer(Opened):
    """Repairs pictures of any size; it learned on small ones of one data set, though."""

    def __init__(self, card: Card, folder: Path) -> None:
        super().__init__(card, folder)
        self._calls: dict[tuple[int, int], Callable[[np.ndarray], np.ndarray]] = {}

    def repair(self, pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """The picture uint8 (H, W, 3) with the pixels of the mask bool (H, W) filled; the others untouched, to the bit.

        Above a megapixel what is around the holes is repaired at 512 pixels. Raises Refused(not-compatible) for a mask
        of another size.
        """
        mask = checked_mask(pixels, mask)
        if not mask.any():
            return pixels.copy()
        if mask.size > MOST_PIXELS:
            return repair_large(pixels, mask, self.repair)
        smooth = with_fill(pixels[None], mask)[0, ..., 3:]  # the fill, and the mask as a fourth channel
        whole = padded(smooth[None]).astype("float32")
        change = self._call_for(whole.shape[1:3])(whole)[0, : mask.shape[0], : mask.shape[1]]
        return keep_outside(pixels, np.rint(np.clip(smooth[..., :3] + change, 0, 255)).astype("uint8"), mask)

    def _call_for(self, size: tuple[int, int]) -> Callable[[np.ndarray], np.ndarray]:
        """What answers for pictures of that size (H, W)."""
        with self._lock:
            if size not in self._calls:
                self._calls = {size: self._open(size)}  # one size at a time: memory
            return self._calls[size]

    def _open(self, size: tuple[int, int]) -> Callable[[np.ndarray], np.ndarray]:
        copy = self._small_copy(lambda runner: runner.maps(np.zeros((1, *size, 4), "float32")), size)
        return copy.maps if copy else lambda given: np.asarray(self.model(given, training=False))


def padded(pictures: np.ndarray) -> np.ndarray:
    """Pictures (N, H, W, C) with their last rows and columns repeated up to a multiple of 4."""
    more = [(0, 0), (0, -pictures.shape[1] % 4), (0, -pictures.shape[2] % 4), (0, 0)]
    return np.pad(pictures, more, mode="edge") if any(after for _, after in more) else pictures


def open_repairer(id: str) -> Repairer:
    """The repair network of that id; raises Refused(unknown-model), and not-compatible for another kind of model."""
    card = library.card_of(id)
    if card.kind != "repairer":
        raise Refused(Kind.NOT_COMPATIBLE, f"{card.title!r} is a {card.kind}; it can't repair pictures.")
    return Repairer(card, library.folder(id))


def all_repairers() -> list[Card]:
    """The cards of every finished repair network: own ones first, then those that came with Vitrine."""
    return [card for card in library.all() if card.kind == "repairer"]
