"""What is odd about classes and splits, judged by where pictures lie: worth a word before anyone trains on them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Protocol

from mlcore.archives.layout import splits_of
from mlcore.errors import Kind, Notice

SHOWN = 3  # names listed in a notice
MATTERS = {"train": "it can't be learned", "val": "training isn't steered by it", "test": "it can't be judged"}


class Placed(Protocol):
    """A picture's split, class, and folder inside its class."""

    @property
    def split(self) -> str | None: ...

    @property
    def class_name(self) -> str | None: ...

    @property
    def folder(self) -> str: ...


def notices(members: Sequence[Placed], videos: bool) -> Iterator[Notice]:
    """Classes that may be something else, and classes that one split lacks."""
    if not videos and (names := same_folders(members)):
        message = f"All classes hold the same folders ({listed(names)}), which aren't looked at: {_advice(names)}."
        yield Notice(Kind.SAME_FOLDERS, message)
    for split, classes in missing(members).items():
        some = "class" if len(classes) == 1 else "classes"
        message = f"No picture of the {some} {listed(classes)} is in {split}: {MATTERS[split]}."
        yield Notice(Kind.CLASS_NOT_IN_SPLIT, message)


def same_folders(members: Sequence[Placed]) -> list[str]:
    """The folders, two or more, that each of several classes holds and nothing else."""
    inside: dict[str, set[str]] = defaultdict(set)
    for member in members:
        if member.class_name is not None:
            inside[member.class_name].add(member.folder.split("/")[0])
    sets = list(inside.values())
    alike = len(sets) > 1 and all(each == sets[0] for each in sets) and "" not in sets[0]
    return sorted(sets[0]) if alike and len(sets[0]) > 1 else []


def _advice(names: list[str]) -> str:
    if len(splits_of(names)) == len(names):
        return f"to be read as splits they have to stand around the classes, as {names[0]}/cat"
    return "if those are the classes, call the folders around them train, val and test"


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


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(map(repr, names[:SHOWN])) + (f" and {more:,} more" if more > 0 else "")
