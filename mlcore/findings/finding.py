"""A finding about the pictures of a data set, with pictures and remedies; and its JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from mlcore.data import Drop, Move, Relabel
from mlcore.data.edits import Edit

SEVERITIES = ("serious", "warning", "hint")  # a figure is wrong; learning suffers; worth a look
EDITS: dict[str, type] = {each.__name__: each for each in (Drop, Move, Relabel)}


@dataclass(frozen=True)
class Remedy:
    """What can be done about a finding: edits that make a new version, which can be undone."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, eq=False)
class Finding:
    """Something about pictures that makes a model, or what is measured of it, worse than it looks.

    `rows` int64 (n,) are pictures of the version that was checked, the clearest first, `scores` how clear each is, and
    `captions` what is to be said of each, or none. `why` says why it matters.
    """

    kind: str
    severity: str
    message: str
    why: str
    rows: np.ndarray
    scores: np.ndarray
    remedies: tuple[Remedy, ...] = ()
    captions: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        remedies = [{"title": each.title, "edits": [_edit_json(edit) for edit in each.edits]} for each in self.remedies]
        arrays = {"rows": self.rows.tolist(), "scores": [round(float(score), 5) for score in self.scores]}
        texts = {name: getattr(self, name) for name in ("kind", "severity", "message", "why", "captions")}
        return {**texts, **arrays, "remedies": remedies}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Finding":
        """The finding that `to_json` wrote; raises KeyError, TypeError or ValueError for other values."""
        remedies = tuple(
            Remedy(each["title"], tuple(_edit(edit) for edit in each["edits"])) for each in values["remedies"]
        )
        rows, scores = np.array(values["rows"], "int64"), np.array(values["scores"], "float64")
        if rows.shape != scores.shape or rows.ndim != 1:
            raise ValueError("rows and scores don't go together")
        texts = {name: str(values[name]) for name in ("kind", "severity", "message", "why")}
        return cls(**texts, rows=rows, scores=scores, remedies=remedies, captions=tuple(values["captions"]))


def sorted_rows(rows: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows with their scores, the highest first."""
    order = np.argsort(-scores, kind="stable")
    return rows[order], scores[order]


def of_pictures(count: int, thing: str = "picture") -> str:
    """A count in words: 1 picture, 2,000 pictures."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def drop(rows: Sequence[int] | np.ndarray, title: str = "Leave out") -> Remedy:
    """The remedy that leaves pictures out."""
    return Remedy(f"{title} {of_pictures(len(rows))}", (Drop(tuple(map(int, rows))),))


def _edit_json(edit: Edit) -> dict[str, Any]:
    values = asdict(edit)  # type: ignore[call-overload]
    return {"edit": type(edit).__name__, **values, "rows": [int(row) for row in values["rows"]]}


def _edit(values: dict[str, Any]) -> Edit:
    kind = EDITS[values["edit"]]
    given = {each.name: values[each.name] for each in fields(kind)}
    edit: Edit = kind(**{**given, "rows": tuple(int(row) for row in given["rows"])})
    return edit
