"""What lies among runs and models and can't be read: listed by name with the reason, and removed on request."""

import os
import time
from pathlib import Path

from mlcore import durable, library, reader
from mlcore.errors import Kind, Refused
from mlcore.home import NAME
from mlcore.jobs import holding, status
from mlcore.library import labels
from mlcore.library.card import Card
from mlcore.reader import Unreadable
from mlcore.recipe import Recipe

YOUNG_SECONDS = 60  # a new folder has neither status nor card for a moment
LINES, CARD, STATUS, RECIPE = "events.jsonl", "card.json", "status.json", "recipe.json"


def unreadable() -> list[Unreadable]:
    """The folders among runs and models of which something can't be read, each with the reason.

    `listed` are those that are shown as a run or a model all the same.
    """
    return [each for name in reader.names_in(status.models()) if (each := _judged(status.models() / name))]


def remove_unreadable(name: str) -> None:
    """Delete a folder that can't be read, for good; raises Refused for any other, and while a process works in it."""
    reader.refuse_readable(name, unreadable(), "run or model")
    if holding.is_held(status.folder(name)):
        raise Refused(Kind.NOT_COMPATIBLE, f"A process is at work in {name!r}; it can be removed when that has ended.")
    durable.remove_folder(status.folder(name))
    if NAME.match(name):
        labels.write(name, labels.Label())


def _judged(folder: Path) -> Unreadable | None:
    why = _trouble(folder)
    if why:
        return Unreadable(folder.name, why[0], listed=_is_listed(folder))
    later = reader.newer(folder / CARD, Card) + reader.newer(folder / RECIPE, Recipe)
    if not later:
        return None
    words = f"It was written by a newer version; what this one doesn't know is left out: {', '.join(later[:5])}."
    return Unreadable(folder.name, words, listed=True)


def _trouble(folder: Path) -> list[str]:
    """Every reason why something of a folder can't be read."""
    if not NAME.match(folder.name):
        return ["Its name can't be used: small letters, digits, - and _ are allowed; rename the folder."]
    if not folder.is_dir():
        return ["It isn't a folder."]
    reasons = [reader.reason(status.read, folder)] if os.path.lexists(folder / STATUS) else []
    reasons += [reader.reason(library.card_in, folder)] if os.path.lexists(folder / CARD) else []
    if not reasons and not _is_young(folder):
        return ["It holds neither the status of a run nor the card of a model."]
    reasons += [reader.reason(reader.checked, folder / LINES)] if os.path.lexists(folder / LINES) else []
    return [each for each in reasons if each]


def _is_listed(folder: Path) -> bool:
    return _can(status.read, folder) or _can(library.card_in, folder)


def _can(read, folder: Path) -> bool:
    try:
        read(folder)
    except Refused:
        return False
    return bool(NAME.match(folder.name))


def _is_young(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime < YOUNG_SECONDS
    except OSError:
        return True
