"""Generators (GANs): networks that make pictures like those of a data set; training, sampling and inverting them."""

from mlcore.generation.generator import Generator
from mlcore.generation.generator import open_generator as open
from mlcore.generation.generators import generators
from mlcore.generation.settings import GanSettings, draft
from mlcore.library.card import Card

__all__ = ["GanSettings", "Generator", "all", "draft", "generators", "open"]


def all() -> list[Card]:
    """The cards of every finished generator: own ones first, then those that came with Vitrine."""
    from mlcore import library

    return [card for card in library.all() if card.kind == "generator"]
