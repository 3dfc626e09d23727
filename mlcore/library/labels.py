"""What a person writes on models: another title, tags and a pin.

There is a file for each label: two people who write at once lose nothing, and a damaged file harms no other.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from mlcore import durable, reader, settings
from mlcore.errors import Refused
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
    """Write a label on a model; an empty one takes it off."""
    if label == Label():
        _file(id).unlink(missing_ok=True)
    else:
        durable.write_json(_file(id), label.model_dump(mode="json"))


def of(id: str) -> Label:
    """The label of a model, empty where nobody wrote one or it can't be read."""
    try:
        return reader.record(_file(id), Label)
    except Refused:
        return Label()


def checked(title: str = "", tags: str = "", pinned: bool = False) -> Label:
    """A label out of what a person typed, tags with commas between them; raises Refused(bad-setting)."""
    words = dict.fromkeys(" ".join(tag.split()) for tag in tags.split(","))
    values = {"title": " ".join(title.split()), "tags": [word for word in words if word], "pinned": pinned}
    return settings.read(Label, values)


def written_on(cards: list[Card]) -> list[Card]:
    """The cards with their labels, pinned ones first."""
    return sorted(map(_labelled, cards), key=lambda card: not card.pinned)


def _labelled(card: Card) -> Card:
    label = of(card.id)
    return card.model_copy(update={"title": label.title or card.title, "tags": label.tags, "pinned": label.pinned})


def _file(id: str) -> Path:
    return in_home("labels") / f"{id}.json"
