"""Groups of classes (a class hierarchy): the answer at the level that is certain, such as 'cat' for five kinds of cat.

`groups.json` beside a model is a list of groups, each with a name, the classes that belong to it alone
("281-285 339", by number) and the groups within it. A group's probability is the sum of its classes'.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mlcore import durable

FILE = "groups.json"
MAX_DEPTH = 8


@dataclass(frozen=True)
class Group:
    """Classes of one kind, `classes` by number, those of the groups within it among them."""

    name: str
    classes: tuple[int, ...]
    groups: tuple["Group", ...] = ()

    def probability(self, probabilities: np.ndarray) -> float:
        """How probable it is that the class is one of these."""
        return float(probabilities[list(self.classes)].sum())


@dataclass(frozen=True)
class GroupAnswer:
    """A group with its probability, and the number of the likeliest class in it."""

    name: str
    probability: float
    likeliest: int


def read_groups(folder: Path, classes: int) -> tuple[Group, ...]:
    """The outermost groups of a model of so many classes; none where it has no groups, or the file is damaged."""
    try:
        groups = tuple(_group(entry, classes) for entry in durable.read_json(folder / FILE, []))
    except (AttributeError, KeyError, TypeError, ValueError):
        return ()
    members = [index for group in groups for index in group.classes]
    return groups if sorted(members) == list(range(classes)) else ()


def group_answer(groups: Iterable[Group], probabilities: np.ndarray, certain: float) -> GroupAnswer | None:
    """The innermost group that is at least as probable as `certain`, else the likeliest outermost one.

    None where there are no groups.
    """
    chosen = _likeliest(groups, probabilities)
    if chosen is None:
        return None
    while (inner := _likeliest(chosen.groups, probabilities)) and inner.probability(probabilities) >= certain:
        chosen = inner
    likeliest = max(chosen.classes, key=lambda index: probabilities[index])
    return GroupAnswer(chosen.name, min(1.0, chosen.probability(probabilities)), likeliest)


def _likeliest(groups: Iterable[Group], probabilities: np.ndarray) -> Group | None:
    return max(groups, key=lambda group: group.probability(probabilities), default=None)


def _group(entry: dict[str, Any], classes: int, depth: int = 0) -> Group:
    if depth == MAX_DEPTH:
        raise ValueError("groups within groups without end")
    inner = tuple(_group(one, classes, depth + 1) for one in entry.get("groups", ()))
    own = _numbers(entry.get("classes", ""), classes)
    return Group(str(entry["name"]), (*own, *(index for group in inner for index in group.classes)), inner)


def _numbers(text: str, classes: int) -> tuple[int, ...]:
    """The numbers that "0-2 7" stands for."""
    ends = [(int(first), int(last or first)) for first, _, last in (part.partition("-") for part in text.split())]
    if len(ends) > classes or any(last >= classes for _, last in ends):
        raise ValueError("classes that aren't there")
    return tuple(index for first, last in ends for index in range(first, last + 1))
