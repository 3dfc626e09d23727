"""Embeddings of pictures, one by one: what a frozen backbone makes of each, and a thumbnail that shows near copies.

Those of a draft are computed as its pictures arrive and kept beside them, so that learning needn't look again.
"""

import contextlib
import io
import threading
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from mlcore import backbones, durable, images, reader
from mlcore.backbones import Backbone
from mlcore.data import near_copies
from mlcore.errors import Refused
from mlcore.library.out_of_distribution import pooled
from mlcore.teach import features
from mlcore.teach.drafts import Draft, DraftClass

_lock = threading.Lock()  # one looks at a time: the network already takes every core


@dataclass(frozen=True, eq=False)
class Embedding:
    """Features float32 (C,) of a picture as its backbone pools them, their means (C,), and its signature (768,)."""

    features: np.ndarray
    means: np.ndarray
    signature: np.ndarray


@dataclass(frozen=True)
class Look:
    """A backbone that looks at pictures uint8 (H, W, 3) of any size, fitted to its own."""

    backbone: Backbone

    @classmethod
    def through(cls, name: str) -> "Look":
        """A look through the backbone of that name; raises Refused(unknown-model, not-compatible)."""
        return cls(backbones.open(name))

    @property
    def shape(self) -> tuple[int, int, int]:
        """What the backbone looks at."""
        return (*self.backbone.size, 3)

    def __call__(self, pixels: np.ndarray) -> Embedding:
        """The embedding of a picture."""
        fitted = images.fit(pixels, *self.shape[:2])[None]
        maps = self._features.maps(fitted)
        return Embedding(self._features.pooled(maps)[0], pooled(maps)[0], near_copies.signatures(fitted)[0])

    def maps(self, pixels: np.ndarray) -> np.ndarray:
        """The last feature map float32 (h, w, C)."""
        return self._features.maps(images.fit(pixels, *self.shape[:2])[None])[0]

    @property
    def _features(self) -> features.Features:
        return features.opened(self.backbone, self.shape)


def fitting(sizes: list[tuple[int, int]]) -> str:
    """The backbone that suits pictures of these heights and widths, judged by the one in the middle."""
    sides = sorted(min(size) for size in sizes)
    usual = sides[len(sides) // 2] if sides else backbones.PHOTOGRAPH
    return backbones.fitting((usual, usual, 3))


def look_of(draft: Draft) -> Look:
    """What looks at a draft's pictures."""
    return Look.through(fitting(draft.sizes()))


def embedded(draft: Draft, classes: tuple[DraftClass, ...], look: Look) -> list[Embedding]:
    """The embeddings of a draft's pictures in these classes, in their order; only new ones are looked at now.

    The classes are given, since another page may change the draft meanwhile. Where they can't be kept, on a full disk
    or of a draft that was deleted, they are given all the same.
    """
    with _lock:
        path = draft.folder / f"embeddings-{look.backbone.fingerprint}.npz"
        kept, files = _read(path), {name: file for one in classes for name, file in draft.files(one).items()}
        known = {name: kept.get(name) or _seen(file, look) for name, file in files.items()}
        if known.keys() - kept.keys() and draft.folder.is_dir():
            with contextlib.suppress(OSError):
                durable.write_bytes(path, _content(known))
    return [known[picture] for one in classes for picture in one.pictures]


def _seen(file: Path, look: Look) -> Embedding:
    return look(images.decode(reader.content(file)).pixels)


def _read(path: Path) -> dict[str, Embedding]:
    """Kept embeddings by the names of their pictures; none where there are none, or a disk has damaged them."""
    try:
        arrays = reader.arrays(path)
        columns = (arrays[each.name] for each in fields(Embedding))
        return {name: Embedding(*row) for name, *row in zip(arrays["names"].tolist(), *columns, strict=True)}
    except (Refused, ValueError, KeyError, TypeError):
        return {}


def _content(embeddings: dict[str, Embedding]) -> bytes:
    file = io.BytesIO()
    rows = list(embeddings.values())
    columns = {each.name: np.stack([getattr(row, each.name) for row in rows]) for each in fields(Embedding)}
    np.savez(file, allow_pickle=False, names=np.array(list(embeddings)), **columns)
    return file.getvalue()
