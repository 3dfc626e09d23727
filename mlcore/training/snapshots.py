"""What a network sees as it learns: its answers to a few pinned pictures, and where it looks, epoch by epoch.

Each entry is `progress/epoch-NNN.json` with a strip `epoch-NNN.png` in the model's folder. Looking changes nothing
in the network. The first and the last epoch always have an entry; those between take at most a few percent of the
training time, and get rarer where they are dear.
"""

import math
import time
import traceback
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pydantic import BaseModel

from mlcore import durable, reader
from mlcore.data import Dataset
from mlcore.errors import Refused

FOLDER = "progress"
PINNED = 6  # pictures that are looked at in every entry
COUNTED = 400  # validation pictures in an entry's confusion matrix,
PART = 64  # asked about so many at a time: all at once took 1 GB more with ResNet-20
MOST_CLASSES = 30  # a larger confusion matrix can't be read
MOST_ENTRIES = 60
SHARE = 0.03  # of the training time that all entries may take
TILE = 96  # smallest side of a picture in the strip, in pixels
GAP = 6


class Look(BaseModel):
    """What the file of a look says."""

    epoch: int
    classes: list[str]
    pictures: list[dict[str, Any]]
    confusion: list[list[int]] | None
    counted: int


@dataclass(frozen=True)
class Entry:
    """One look: `pictures` holds the truth and the three likeliest classes of each pinned picture.

    `confusion` is a table (K, K) with rows = truth over `counted` validation pictures, or None.
    """

    epoch: int
    strip: Path
    classes: list[str]
    pictures: list[dict[str, Any]]
    confusion: list[list[int]] | None
    counted: int


def entries(folder: Path) -> list[Entry]:
    """The entries of a model's folder, by epoch; damaged ones are left out."""
    candidates = (_read(path) for path in (folder / FOLDER).glob("epoch-*.json"))
    return sorted((entry for entry in candidates if entry), key=lambda entry: entry.epoch)


class Snapshots:
    """Writes the entries of one run; trouble with one ends them, never the training."""

    def __init__(self, folder: Path, dataset: Dataset, epochs: int, planned_seconds: float):
        self._folder, self._classes, self._epochs = folder / FOLDER, dataset.classes, epochs
        split = dataset.split("val" if dataset.splits["val"] else "train")
        self._pinned = pinned(split.labels, PINNED)
        self._pictures, self._truth = split.read(self._pinned), split.labels[self._pinned]
        counted = np.unique(np.linspace(0, len(split) - 1, min(COUNTED, len(split))).astype(int))
        self._split, self._counted = split, counted if dataset.splits["val"] else counted[:0]
        self._affordable, self._cost, self._ended = SHARE * planned_seconds, math.inf, False
        self._quick_look: Any = None  # made when it is first needed

    def has(self, epoch: int) -> bool:
        """Whether an epoch has an entry, or isn't to have one."""
        return (self._folder / f"epoch-{epoch:03d}.json").exists() or not self._due(epoch)

    def epoch_ended(self, model: Any, epoch: int) -> None:
        """Write an entry, when this epoch is to have one."""
        if self._ended or not self._due(epoch):
            return
        started = time.perf_counter()
        try:
            self._write(model, epoch)
        except Refused:  # a network that can't be looked through
            self._ended = True
        except Exception:
            traceback.print_exc()
            self._ended = True
        self._cost = min(self._cost, time.perf_counter() - started)

    def _due(self, epoch: int) -> bool:
        return epoch in (1, self._epochs) or (epoch - 1) % self._stride() == 0

    def _stride(self) -> int:
        """Every how many epochs an entry is written, so that all of them stay within their share of the time."""
        entries = max(1, min(MOST_ENTRIES, int(self._affordable / self._cost)))
        return math.ceil(self._epochs / entries)

    def _write(self, model: Any, epoch: int) -> None:
        from mlcore.backend.quick_look import QuickLook

        self._quick_look = self._quick_look or QuickLook(model)
        logits, heat = self._quick_look.look(self._pictures, self._truth)
        strip = joined([laid_over(*pair) for pair in zip(self._pictures, heat, strict=True)])
        durable.write_bytes(self._folder / f"epoch-{epoch:03d}.png", strip)
        rows = [self._row(*each) for each in zip(self._pinned, self._truth, logits, strict=True)]
        table = {"confusion": self._confusion(), "counted": len(self._counted)}
        values = {"epoch": epoch, "classes": list(self._classes), "pictures": rows, **table}
        durable.write_json(self._folder / f"epoch-{epoch:03d}.json", values)

    def _row(self, index: int, truth: int, logits: np.ndarray) -> dict[str, Any]:
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        best = np.argsort(-shares, kind="stable")[:3]
        top = [[self._classes[at], round(float(shares[at]), 4)] for at in best]
        return {"index": int(index), "truth": self._classes[truth], "top": top}

    def _confusion(self) -> list[list[int]] | None:
        classes = len(self._classes)
        if not len(self._counted) or classes > MOST_CLASSES:
            return None
        parts = np.split(self._counted, range(PART, len(self._counted), PART))
        answers = np.concatenate([self._quick_look.answers(self._split.read(part)).argmax(axis=1) for part in parts])
        pairs = self._split.labels[self._counted] * classes + answers
        return np.bincount(pairs, minlength=classes**2).reshape(classes, classes).tolist()


def pinned(labels: np.ndarray, count: int) -> np.ndarray:
    """Indices of a few pictures, of as many classes as there can be: the first of each, then the second, and so on."""
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], labels[order])
    turn = np.empty(len(labels), "int64")
    turn[order] = np.arange(len(labels)) - starts
    return np.sort(np.lexsort((labels, turn))[:count])


def laid_over(picture: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """The heat over a picture uint8 (H, W, 3) or the frames of a clip, made large enough to see."""
    from mlcore.explanation.render.overlay import overlay

    larger = max(1, -(-TILE // min(picture.shape[-3:-1])))
    return overlay(picture.repeat(larger, axis=-3).repeat(larger, axis=-2), heat, signed=False)


def joined(tiles: list[np.ndarray]) -> bytes:
    """Pictures of one size side by side, as a PNG with see-through gaps."""
    height, width = tiles[0].shape[:2]
    strip = np.zeros((height, len(tiles) * (width + GAP) - GAP, 4), "uint8")
    for column, tile in enumerate(tiles):
        left = column * (width + GAP)
        strip[:, left : left + width, :3], strip[:, left : left + width, 3] = tile, 255
    buffer = BytesIO()
    Image.fromarray(strip).save(buffer, "png")
    return buffer.getvalue()


def _read(path: Path) -> Entry | None:
    try:
        look = reader.record(path, Look)
        return Entry(strip=reader.checked(path.with_suffix(".png")), **dict(look))
    except Refused:
        return None
