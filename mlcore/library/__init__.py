"""The library: finished models on disk, the starters that come with Vitrine among them.

There is no index: a folder with a card is a model. Copy a folder in or delete it, and the list follows.
"""

import importlib
from pathlib import Path

from pydantic import ValidationError

from mlcore import durable
from mlcore.errors import Kind, Refused, unknown
from mlcore.home import NAME, in_home
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier
from mlcore.library.opened import Opened

STARTERS = Path(__file__).parents[1] / "starters"
OPENED_AS = {  # what a model is, by the kind on its card: by name, for some of them stand on floors above
    "classifier": ("mlcore.library.classifier", "Classifier"),
    "generator": ("mlcore.generation.generator", "Generator"),
    "repairer": ("mlcore.repair.repairer", "Repairer"),
}


def all() -> list[Card]:
    """The cards of every finished model: own ones first, the newest on top, then the starters."""
    return _cards(in_home("models"), starter=False) + _cards(STARTERS, starter=True)


def classifiers() -> list[Card]:
    """The cards of the models that classify."""
    return [card for card in all() if card.kind == "classifier"]


def card_of(id: str) -> Card:
    """The card of a model; raises Refused(unknown-model)."""
    card = _read_card(folder(id))
    if not card:
        raise unknown(Kind.UNKNOWN_MODEL, "model", id, [card.id for card in all()])
    return card


def open(id: str) -> Opened:
    """The model of that id, as what its card says: a Classifier, a Generator or a Repairer. Keras isn't loaded yet.

    Raises Refused: unknown-model, and not-compatible for a kind of model that this version doesn't know.
    """
    card = card_of(id)
    if card.kind not in OPENED_AS:
        raise Refused(Kind.NOT_COMPATIBLE, f"{card.title!r} is a {card.kind}, which this version can't open.")
    module, name = OPENED_AS[card.kind]
    opened: Opened = getattr(importlib.import_module(module), name)(card, folder(id))
    return opened


def open_classifier(id: str) -> Classifier:
    """The classifier of that id; raises Refused: unknown-model, and not-compatible for a model of another kind."""
    card = card_of(id)
    if card.kind != "classifier":
        words = f"{card.title!r} is a {card.kind} and can't classify; choose a classifier."
        raise Refused(Kind.NOT_COMPATIBLE, words)
    return Classifier(card, folder(id))


def folder(id: str) -> Path:
    """The folder that holds a model's whole life; it may not exist."""
    own = in_home("models") / (id if NAME.match(id or "") else "-")
    return own if own.exists() or not NAME.match(id or "") else _starter_or(own)


def remove(id: str) -> None:
    """Delete a model for good; starters stay. Raises Refused(unknown-model)."""
    card = card_of(id)
    if card.starter:
        raise Refused(Kind.NOT_COMPATIBLE, f"{card.title!r} comes with Vitrine and can't be removed.")
    durable.remove_folder(folder(id))


def _starter_or(own: Path) -> Path:
    starter = STARTERS / own.name
    return starter if starter.exists() else own


def _cards(folder: Path, starter: bool) -> list[Card]:
    folders = [path for path in folder.iterdir() if NAME.match(path.name)] if folder.is_dir() else []
    cards = [card for card in map(_read_card, folders) if card]
    if starter:
        return sorted(cards, key=lambda card: card.id)  # not by age: one that was trained anew stays where it is
    return sorted(cards, key=lambda card: card.created, reverse=True)


def _read_card(folder: Path) -> Card | None:
    values = durable.read_json(folder / "card.json")
    try:
        read = Card.model_validate(values)
    except ValidationError:
        return None
    return read.model_copy(update={"id": folder.name, "starter": folder.parent == STARTERS})
