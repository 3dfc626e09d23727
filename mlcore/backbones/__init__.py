"""Backbones, networks that others build on: every finished model of the library, and Keras' pretrained ones.

A backbone is used up to its last feature map; what comes after belonged to its own classes. Listing and opening load
no Keras.
"""

from pathlib import Path
from typing import Protocol

from mlcore.backbones.own import POOLS, open_own, own_titles
from mlcore.backbones.published import PUBLISHED
from mlcore.errors import Kind, Refused, unknown
from mlcore.tensors import KerasModel

__all__ = ["DEFAULT", "POOLS", "Backbone", "fitting", "open", "titles"]

DEFAULT = "animals-and-vehicles"  # it learned from pictures of 32 pixels
FOR_PHOTOGRAPHS, PHOTOGRAPH = "photographs", 64  # the shorter side, in pixels, from which on it knows more


class Backbone(Protocol):
    """A network that others build on."""

    @property
    def name(self) -> str:
        """What settings call it."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the pictures that it learned from."""

    @property
    def folder(self) -> Path | None:
        """The folder of a model of the library with its network in it; None for a published one."""

    @property
    def pooling(self) -> str:
        """How it made one number of each filter's map: "maximum" or "average"."""

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that differ when its weights do."""

    def network(self) -> KerasModel:
        """The network (keras.Model) for pictures in 0..255; raises Refused(no-network) without its weights."""


def titles() -> dict[str, str]:
    """Every backbone's name with its title: the library's models, then those of keras.applications."""
    return own_titles() | {name: backbone.title for name, backbone in PUBLISHED.items()}


def fitting(shape: tuple[int, ...]) -> str:
    """The name of the backbone that is best for pictures (..., H, W, 3), of those that come along."""
    large = min(shape[-3:-1]) >= PHOTOGRAPH and FOR_PHOTOGRAPHS in own_titles()
    return FOR_PHOTOGRAPHS if large else DEFAULT


def open(name: str) -> Backbone:
    """The backbone of that name, read once; raises Refused(unknown-model, not-compatible)."""
    if name in PUBLISHED:
        return PUBLISHED[name]
    try:
        return open_own(name)
    except Refused as refusal:
        if refusal.kind != Kind.UNKNOWN_MODEL:
            raise
        raise unknown(Kind.UNKNOWN_MODEL, "backbone", name, titles()) from None
