"""The library: finished models on disk, the starters that come with Vitrine among them.

There is no index: a folder with a card is a model. Copy a folder in or delete it, and the list follows.
"""

import importlib
from pathlib import Path

from mlcore import durable, modelfiles, reader
from mlcore.errors import Kind, Refused, unknown
from mlcore.home import NAME, in_home
from mlcore.library import labels, on_demand
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier
from mlcore.library.on_demand import STARTERS
from mlcore.library.opened import Opened

OPENED_AS = {  # what a model is, by the kind on its card: by name, for some of them stand on floors above
    "classifier": ("mlcore.library.classifier", "Classifier"),
    "generator": ("mlcore.generation.generator", "Generator"),
    "repairer": ("mlcore.repair.repairer", "Repairer"),
}


def all() -> list[Card]:
    """The cards of every finished model: pinned ones first, then own ones, the newest on top, then the starters."""
    return labels.written_on(_own() + _starters())


def classifiers() -> list[Card]:
    """The cards of the models that classify."""
    return [card for card in all() if card.kind == "classifier"]


def needing(data: str) -> list[Card]:
    """The cards of the person's own models that learned from the data set of that name."""
    return [card for card in all() if card.data == data and not card.starter]


def card_of(id: str) -> Card:
    """The card of a model; raises Refused(unknown-model)."""
    return labels.written_on([_found(id)[0]])[0]


def open(id: str) -> Opened:
    """The model of that id, as what its card says: a Classifier, a Generator or a Repairer. Keras isn't loaded yet.

    Raises Refused: unknown-model, not-compatible for a kind of model that this version doesn't know, and what `ready`
    raises.
    """
    card, at_hand = _found(id)
    if card.kind not in OPENED_AS:
        raise Refused(Kind.NOT_COMPATIBLE, f"{card.title!r} is a {card.kind}, which this version can't open.")
    module, name = OPENED_AS[card.kind]
    opened: Opened = getattr(importlib.import_module(module), name)(*_completed(card, at_hand))
    return opened


def open_classifier(id: str) -> Classifier:
    """The classifier of that id; raises Refused: unknown-model, not-compatible for another kind, and as `ready`."""
    card, at_hand = _found(id)
    if card.kind != "classifier":
        words = f"{card.title!r} is a {card.kind} and can't classify; choose a classifier."
        raise Refused(Kind.NOT_COMPATIBLE, words)
    return Classifier(*_completed(card, at_hand))


def folder(id: str) -> Path:
    """The folder that holds a model's whole life; it may not exist, and of a starter it may lack the network."""
    own = in_home("models") / (id if NAME.match(id or "") else "-")
    return own if own.exists() or not NAME.match(id or "") else _starter_or(own)


def is_ready(id: str) -> bool:
    """Whether a model can be opened at once; a starter that is made at its first need takes some seconds before."""
    at_hand = folder(id)
    return at_hand.parent != STARTERS or on_demand.is_ready(at_hand)


def ready(id: str) -> Path:
    """The folder of a model with its network in it: a starter that is made at its first need is made now.

    That takes some seconds. Raises Refused(missing-data, corrupt-model, disk-full).
    """
    return _ready(folder(id))


def remove(id: str) -> None:
    """Delete a model for good; starters stay. Raises Refused(unknown-model)."""
    card, own = _found(id)
    if card.starter:
        raise Refused(Kind.NOT_COMPATIBLE, f"{card.title!r} comes with Vitrine and can't be removed.")
    durable.remove_folder(own)
    labels.write(id, labels.Label())


def _found(id: str) -> tuple[Card, Path]:
    """The card and folder of a model; raises Refused(unknown-model, unreadable-file)."""
    at_hand = folder(id)
    try:
        return card_in(at_hand), at_hand
    except Refused as refusal:
        if refusal.kind != Kind.MISSING_FILE:
            raise Refused(refusal.kind, f"The model {id!r} can't be read: {refusal.message}") from None
        raise unknown(Kind.UNKNOWN_MODEL, "model", id, [card.id for card in all()]) from None


def _completed(card: Card, at_hand: Path) -> tuple[Card, Path]:
    """The card and folder of a model with its network; one that was made just now has been measured, too."""
    complete = _ready(at_hand)
    if card.kind == "classifier" and not card.starter:
        _refuse_other_network(card, complete / "model.keras")
    return card if complete == at_hand else _read_card(complete) or card, complete


def _refuse_other_network(card: Card, network: Path) -> None:
    """Pictures are made as large as the card says before a network sees them: it has to speak of that network."""
    try:
        described = modelfiles.glance(network)
    except Refused:
        return  # its small copy may answer all the same; who asks for the network is told
    taken, outputs, classes = described.input_shape, described.outputs, len(card.classes)
    if not _fits(taken, card.shape):
        raise _contradicts(card, "takes", " x ".join(map(str, card.shape)), " x ".join(map(str, taken)))
    if outputs not in (None, classes):
        raise _contradicts(card, "tells apart", f"{classes:,} classes", f"{outputs:,}")


def _contradicts(card: Card, what: str, says: str, does: str) -> Refused:
    message = f"{card.title!r} can't be opened: its card says that it {what} {says}, and its network {what} {does}."
    return Refused(Kind.NOT_COMPATIBLE, message)


def _fits(taken: tuple[int | None, ...], said: tuple[int, ...]) -> bool:
    """Whether a network that takes any side where it says None takes a picture of that shape."""
    wrong = (side not in (None, other) for side, other in zip(taken, said, strict=False))
    return len(taken) == len(said) and not any(wrong)


def _ready(at_hand: Path) -> Path:
    return on_demand.ready(at_hand) if at_hand.parent == STARTERS else at_hand


def _starter_or(own: Path) -> Path:
    shipped = STARTERS / own.name
    candidates = (on_demand.folder_of(shipped), shipped)
    return next((path for path in candidates if shipped.exists() and path.exists()), own)


def _own() -> list[Card]:
    return sorted(_cards(_folders(in_home("models"))), key=lambda card: card.created, reverse=True)


def _starters() -> list[Card]:
    """By their ids and not by age: one that was trained anew stays where it is."""
    shipped = [path for path in _folders(STARTERS) if on_demand.is_at_hand(path)]
    return sorted(_cards([_starter_or(path) for path in shipped]), key=lambda card: card.id)


def _folders(parent: Path) -> list[Path]:
    return [parent / name for name in reader.names_in(parent) if NAME.match(name)]


def _cards(folders: list[Path]) -> list[Card]:
    return [card for card in map(_read_card, folders) if card]


def _read_card(folder: Path) -> Card | None:
    try:
        return card_in(folder)
    except Refused:
        return None


def card_in(folder: Path) -> Card:
    """The card in a folder, without its label; raises Refused(missing-file, unreadable-file)."""
    read = reader.record(folder / "card.json", Card)
    return read.model_copy(update={"id": folder.name, "starter": folder.parent != in_home("models")})
