"""A finished repair network: the smooth fill of a hole, and what the network adds to it."""

import threading
from pathlib import Path

import numpy as np

from mlcore import library
from mlcore.errors import Kind, Refused
from mlcore.library.card import Card
from mlcore.library.classifier import load_network
from mlcore.library.litert import Runner
from mlcore.repair import checked_mask, keep_outside
from mlcore.repair.masks import with_fill

MOST_PIXELS = 1024 * 1024


class Repairer:
    """Repairs pictures of any size up to a megapixel; it learned on small ones of one data set, though."""

    def __init__(self, card: Card, folder: Path):
        self.card, self.folder = card, folder
        self._lock, self._calls = threading.Lock(), {}

    def repair(self, pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """The picture uint8 (H, W, 3) with the places of the mask bool (H, W) filled; the others untouched, to the bit.

        Raises Refused(not-compatible) for a mask of another size and for pictures above a megapixel.
        """
        mask = checked_mask(pixels, mask)
        if mask.size > MOST_PIXELS:
            raise Refused(
                Kind.NOT_COMPATIBLE,
                f"The picture has {mask.shape[1]} x {mask.shape[0]} pixels; a network repairs up to 1,048,576.",
            )
        if not mask.any():
            return pixels.copy()
        seen = with_fill(pixels[None], mask)[0, ..., 3:]
        change = self._call(padded(seen[None]))[0][: mask.shape[0], : mask.shape[1]]
        return keep_outside(pixels, np.rint(np.clip(seen[..., :3] + change, 0, 255)).astype("uint8"), mask)

    def _call(self, seen: np.ndarray) -> np.ndarray:
        size = seen.shape[1:3]
        with self._lock:
            if size not in self._calls:
                self._calls = {size: self._small_copy(size) or self._network()}  # one size at a time: memory
        return self._calls[size](seen.astype("float32"))

    def _small_copy(self, size):
        if not self.card.answers_fast:
            return None
        try:
            runner = Runner(self.folder / "model.tflite", size=size)
            runner.features(np.zeros((1, *size, 4), "float32"))
            return runner.features
        except (ImportError, ValueError, OSError, RuntimeError):
            return None

    def _network(self):
        model = load_network(self.folder, trusted=self.card.starter)
        return lambda seen: np.asarray(model(seen, training=False))


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
