"""What is odd about classes and splits, judged by where pictures lie: worth a word before anyone trains on them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Protocol

from mlcore.archives.names import listed
from mlcore.errors import Kind, Notice

MATTERS = {"train": "it can't be learned", "val": "training isn't steered by it", "test": "it can't be judged"}


class Placed(Protocol):
    """A picture's split and class."""

    @property
    def split(self) -> str | None: ...

    @property
    def class_name(self) -> str | None: ...


def notices(members: Sequence[Placed]) -> Iterator[Notice]:
    """Classes that one split lacks."""
    for split, classes in missing(members).items():
        some = "class" if len(classes) == 1 else "classes"
        message = f"No picture of the {some} {listed(classes)} is in {split}: {MATTERS[split]}."
        yield Notice(Kind.CLASS_NOT_IN_SPLIT, message)


def missing(members: Sequence[Placed]) -> dict[str, list[str]]:
    """The classes without a picture in a split that has others, by split."""
    inside: dict[str, set[str]] = defaultdict(set)
    for member in members:
        if member.split and member.class_name is not None:
            inside[member.split].add(member.class_name)
    everything = set().union(*inside.values())
    return {
        split: sorted(everything - inside[split]) for split in MATTERS if inside[split] and everything - inside[split]
    }
