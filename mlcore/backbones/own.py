"""Backbones out of the library: every finished classifier of single pictures, the starters among them."""

import zipfile
import zlib
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from mlcore import library, reader
from mlcore.errors import Kind, Refused
from mlcore.library.card import Card
from mlcore.tensors import KerasModel

MOST_DESCRIPTION = 8 * 2**20  # bytes
POOLS = {"GlobalMaxPooling2D": "maximum", "GlobalAveragePooling2D": "average"}


class Described(BaseModel):
    """What a Keras file says of its network, as far as it is asked for here."""

    config: dict[str, Any]


class OwnBackbone:
    """A model of the library as a backbone. Looking at its card makes nothing; its weights are asked for when needed.

    A starter that is made at its first need is made then.
    """

    def __init__(self, card: Card) -> None:
        self.card, self.name, self.title, self.size = card, card.id, card.title, card.size

    @cached_property
    def folder(self) -> Path:
        """The model's folder with its network in it; raises Refused as `library.ready` does."""
        return library.ready(self.card.id)

    @cached_property
    def pooling(self) -> str:
        """How it made one number of each filter's map: "maximum" or "average"."""
        return _pooling(*_stamp(self._file))

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that differ when its weights do."""
        return _hash(*_stamp(self._file))

    def network(self) -> KerasModel:
        """The whole network (keras.Model) for pictures in 0..255."""
        from mlcore.library.opened import load_network

        return load_network(self.folder, trusted=self.card.starter)

    @property
    def _file(self) -> Path:
        return self.folder / "model.keras"


def own_titles() -> dict[str, str]:
    """The names and titles of the library's models that can be built on."""
    return {card.id: card.title for card in library.all() if _looks_at_pictures(card)}


def open_own(name: str) -> OwnBackbone:
    """A model of the library; raises Refused(unknown-model, not-compatible)."""
    card = library.card_of(name)
    if not _looks_at_pictures(card):
        words = f"{card.title!r} isn't a classifier of single pictures, so nothing can be built on it."
        raise Refused(Kind.NOT_COMPATIBLE, words)
    return OwnBackbone(card)


def _looks_at_pictures(card: Card) -> bool:
    return card.kind == "classifier" and not card.is_sequence


def _stamp(path: Path) -> tuple[str, int, int]:
    facts = path.stat()
    return str(path), facts.st_mtime_ns, facts.st_size


@lru_cache(maxsize=32)
def _pooling(path: str, changed: int, size: int) -> str:
    """Read from the network's description; where it ends without pooling, the mean loses least."""
    try:
        with reader.opened(Path(path)) as file, zipfile.ZipFile(file) as archive, archive.open("config.json") as member:
            described = reader.parse(member.read(MOST_DESCRIPTION))
        layers = reader.validated(described, Described).config.get("layers", [])
        names = [str(layer.get("class_name")) for layer in layers]
    except (Refused, KeyError, AttributeError, TypeError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise Refused(Kind.CORRUPT_MODEL, f"The description in {path!r} can't be read.") from error
    return next((POOLS[name] for name in reversed(names) if name in POOLS), "average")


@lru_cache(maxsize=32)
def _hash(path: str, changed: int, size: int) -> str:
    return reader.digest(Path(path))[:16]
