"""Unseen pictures: those of a split that a model hasn't learned from, told by their hashes from those that it has."""

from dataclasses import dataclass

import numpy as np

from mlcore import data, library, reader
from mlcore.data.binding import moved_on
from mlcore.data.store import Dataset, Split
from mlcore.errors import Kind, Refused
from mlcore.library import learned
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier

OWN = {
    "train": "The model learned from these very pictures, so this doesn't say how good it is on others.",
    "val": "The model was calibrated on these very pictures, so this doesn't say how good it is on others.",
}
UNKNOWN = "Which pictures this model learned from wasn't written down, so some of these may be among them."


@dataclass(frozen=True)
class Unseen:
    """Places int64 (n,) in a split of the pictures that can judge a model, how many can't, and a sentence or ""."""

    indices: np.ndarray
    left_out: int = 0
    note: str = ""


def unseen(classifier: Classifier, split: Split) -> Unseen:
    """The pictures of a split that a model didn't learn from, and what is to be said of the others.

    A model's own data are taken as they were split. Raises Refused(not-compatible) where nothing is left.
    """
    whole, own = np.arange(len(split)), fingerprint_of(classifier)
    if own == split.dataset.fingerprint:
        notes = (OWN.get(split.split, ""), moved_on(split.dataset.name, own))
        return Unseen(whole, note=" ".join(note for note in notes if note))
    taught = learned.hashes(classifier.folder, classifier.card.data, own) if own else None
    if taught is None:
        return Unseen(whole, note=f"{_changed(classifier.card, own, split) if own else ''}{UNKNOWN}")
    fresh = ~np.isin(learned.keys(split.hashes), taught)
    if len(whole) and not fresh.any():
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"Every one of the {len(whole):,} pictures in that split of {split.dataset.name!r} taught this model, so "
            "they can't say how good it is; take pictures that it never saw.",
        )
    left_out = int((~fresh).sum())
    return Unseen(whole[fresh], left_out, _note(_changed(classifier.card, own, split), left_out, len(split)))


def own_data(classifier: Classifier) -> Dataset:
    """The data set that a model learned from, in the version that it saw; else what stands under the name now."""
    return data.open(classifier.card.data, seen=fingerprint_of(classifier))


def fingerprint_of(classifier: Classifier) -> str:
    """The fingerprint of the data that a model learned from, by its card or by its own test report; "" if unknown."""
    card = classifier.card
    if card.fingerprint:
        return card.fingerprint
    report = reader.facts(library.folder(card.id) / "evaluations" / "test.json")
    return str(report.get("fingerprint", "")) if report.get("data") == card.data else ""


def _changed(card: Card, own: str, split: Split) -> str:
    """A sentence where other data, or another version of them, stand under the name of a model's own."""
    name = split.dataset.name
    if card.data == name and (version := data.version_of(name, own)):
        number = split.dataset.version
        return f"This is version {number} of the data set {name!r}, and the model learned from version {version}. "
    return f"The data set {name!r} isn't the one that this model learned from. " if card.data == name else ""


def _note(changed: str, left_out: int, count: int) -> str:
    if not left_out:
        return changed and f"{changed}None of these pictures taught it."
    verb = "is" if left_out == 1 else "are"
    return f"{changed}{left_out:,} of {count:,} pictures {verb} left out, as the model learned from them."
