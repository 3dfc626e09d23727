"""The library: finished models on disk, the starters that come with Vitrine among them.

There is no index: a folder with a card is a model. Copy a folder in or delete it, and the list follows.
"""

from pathlib import Path

from pydantic import ValidationError

from mlcore import durable
from mlcore.errors import Kind, Refused, unknown
from mlcore.home import NAME, in_home
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier

STARTERS = Path(__file__).parents[1] / "starters"


def all() -> list[Card]:
    """The cards of every finished model: own ones first, the newest on top, then the starters."""
    return _cards(in_home("models"), starter=False) + _cards(STARTERS, starter=True)


def classifiers() -> list[Card]:
    """The cards of the models that classify."""
    return [card for card in all() if card.kind == "classifier"]


def card_of(id: str) -> Card:
    """The card of a model; raises Refused(unknown-model)."""
    found = _read_card(folder(id))
    if not found:
        raise unknown(Kind.UNKNOWN_MODEL, "model", id, [card.id for card in all()])
    return found


def open(id: str) -> Classifier:
    """The classifier of that id; raises Refused(unknown-model, not-compatible). Keras isn't loaded yet."""
    found = card_of(id)
    if found.kind != "classifier":
        words = f"{found.title!r} is a {found.kind} and can't classify; choose a classifier."
        raise Refused(Kind.NOT_COMPATIBLE, words)
    return Classifier(found, folder(id))


def folder(id: str) -> Path:
    """The folder that holds a model's whole life; it may not exist."""
    own = in_home("models") / (id if NAME.match(id or "") else "-")
    return own if own.exists() or not NAME.match(id or "") else _starter_or(own)


def remove(id: str) -> None:
    """Delete a model for good; starters stay. Raises Refused(unknown-model)."""
    found = card_of(id)
    if found.starter:
        raise Refused(Kind.NOT_COMPATIBLE, f"{found.title!r} comes with Vitrine and can't be removed.")
    durable.remove_folder(folder(id))


def write_card(path: Path, card: Card) -> None:
    """Put the card into a model's folder; from now on it is in the library."""
    durable.write_json(path / "card.json", card.model_dump(mode="json"))


def _starter_or(own: Path) -> Path:
    starter = STARTERS / own.name
    return starter if starter.exists() else own


def _cards(folder: Path, starter: bool) -> list[Card]:
    places = [path for path in folder.iterdir() if NAME.match(path.name)] if folder.is_dir() else []
    found = [_read_card(path) for path in places]
    cards = [card for card in found if card]
    if starter:
        return sorted(cards, key=lambda card: card.id)  # not by age: one that was trained anew keeps its place
    return sorted(cards, key=lambda card: card.created, reverse=True)


def _read_card(folder: Path) -> Card | None:
    values = durable.read_json(folder / "card.json")
    try:
        read = Card.model_validate(values)
    except ValidationError:
        return None
    return read.model_copy(update={"id": folder.name, "starter": folder.parent == STARTERS})
