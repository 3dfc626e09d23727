"""Backbones, networks that others build on: every finished model of the library, and Keras' pretrained ones.

A backbone is used up to its last feature map; what comes after belonged to its own classes. Listing
and looking load no Keras.
"""

import hashlib
import json
import zipfile
from functools import lru_cache
from pathlib import Path

from mlcore import library
from mlcore.backbones.published import PUBLISHED, SIDE
from mlcore.errors import Kind, Refused, unknown
from mlcore.library.card import Card
from mlcore.tensors import KerasModel

DEFAULT = "animals-and-vehicles"
POOLS = {"GlobalMaxPooling2D": "maximum", "GlobalAveragePooling2D": "average"}


def titles() -> dict[str, str]:
    """Every backbone's name with its title: the library's models, then those of keras.applications."""
    own = {card.id: card.title for card in library.all() if _looks_at_pictures(card)}
    return own | {name: backbone.title for name, backbone in PUBLISHED.items()}


def title(name: str) -> str:
    """What the backbone is called; raises Refused(unknown-model)."""
    return PUBLISHED[name].title if name in PUBLISHED else _card(name).title


def size(name: str) -> tuple[int, int]:
    """Height and width of the pictures that the backbone learned from; raises Refused(unknown-model)."""
    return (SIDE, SIDE) if name in PUBLISHED else _card(name).size


def pooling(name: str) -> str:
    """How the backbone made one number of each filter's map: "maximum" or "average"."""
    if name in PUBLISHED:
        return "average"
    _card(name)
    return _pooling(str(_file(name)), _file(name).stat().st_mtime_ns)


def fingerprint(name: str) -> str:
    """Sixteen hexadecimal digits that differ when the backbone's weights do."""
    if name in PUBLISHED:
        return hashlib.sha256(f"keras.applications {name}".encode()).hexdigest()[:16]
    _card(name)
    stat = _file(name).stat()
    return _file_hash(str(_file(name)), stat.st_mtime_ns, stat.st_size)


def network(name: str) -> KerasModel:
    """The whole network (keras.Model) for pictures in 0..255; raises Refused(unknown-model, no-network)."""
    if name in PUBLISHED:
        from mlcore.backbones.published import network

        return network(name)
    card = _card(name)
    from mlcore.library.opened import load_network

    return load_network(library.ready(name), trusted=card.starter)


def _card(name: str) -> Card:
    try:
        card = library.card_of(name)
    except Refused:
        raise unknown(Kind.UNKNOWN_MODEL, "backbone", name, titles()) from None
    if not _looks_at_pictures(card):
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"{card.title!r} isn't a classifier of single pictures, so nothing can be built on it.",
        )
    return card


def _looks_at_pictures(card: Card) -> bool:
    return card.kind == "classifier" and not card.is_sequence


def _file(name: str) -> Path:
    return library.ready(name) / "model.keras"


@lru_cache(maxsize=32)
def _pooling(path: str, changed: int) -> str:
    """Read from the network's description; where it ends without pooling, the mean loses least."""
    with zipfile.ZipFile(path) as archive:
        described = json.loads(archive.read("config.json"))
    names = [layer.get("class_name") for layer in described.get("config", {}).get("layers", [])]
    return next((POOLS[name] for name in reversed(names) if name in POOLS), "average")


@lru_cache(maxsize=32)
def _file_hash(path: str, changed: int, size: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]
