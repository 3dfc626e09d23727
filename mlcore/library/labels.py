"""What a person writes on models: another title, tags, and a pin; kept in one file of the home, beside the models."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from mlcore import durable, settings
from mlcore.home import in_home
from mlcore.library.card import Card
from mlcore.settings import Settings

Tag = Annotated[str, Field(max_length=30)]


class Label(Settings):
    """What is written on one model."""

    title: str = Field("", max_length=80, description="Its title, where it isn't the one that it was made with")
    tags: tuple[Tag, ...] = Field((), max_length=8, description="Words to find it by")
    pinned: bool = Field(False, description="Whether it stands first, and answers unless another is chosen")


def write(id: str, label: Label) -> None:
    """Write a label on a model; an empty one takes it off. Raises Refused(disk-full)."""
    kept = {**read(), id: label}
    written = {id: label.model_dump(mode="json") for id, label in kept.items() if label != Label()}
    if label != Label() or id in read():
        durable.write_json(_file(), written)


def read() -> dict[str, Label]:
    """The labels by the ids of their models; one that can't be read is left out."""
    kept = durable.read_json(_file(), {})
    return {id: label for id, values in (kept if isinstance(kept, dict) else {}).items() if (label := _label(values))}


def of(id: str) -> Label:
    """The label of a model, empty where nobody wrote one."""
    return read().get(id, Label())


def checked(title: str = "", tags: str = "", pinned: bool = False) -> Label:
    """A label out of what a person typed, tags with commas between them; raises Refused(bad-setting)."""
    words = dict.fromkeys(" ".join(tag.split()) for tag in tags.split(","))
    values = {"title": " ".join(title.split()), "tags": [word for word in words if word], "pinned": pinned}
    return settings.read(Label, values)


def written_on(cards: list[Card]) -> list[Card]:
    """The cards with their labels, pinned ones first."""
    labels = read()
    labelled = [_labelled(card, labels[card.id]) if card.id in labels else card for card in cards]
    return sorted(labelled, key=lambda card: not card.pinned)


def _labelled(card: Card, label: Label) -> Card:
    return card.model_copy(update={"title": label.title or card.title, "tags": label.tags, "pinned": label.pinned})


def _label(values: Any) -> Label | None:
    try:
        return Label.model_validate(values)
    except ValidationError:
        return None


def _file() -> Path:
    return in_home("labels.json")
