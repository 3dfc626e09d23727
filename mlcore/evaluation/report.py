"""The report of an evaluation: accuracy, confusion matrix, calibration; and its JSON."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from pydantic import ConfigDict

from mlcore import reader
from mlcore.evaluation.answers import Answers
from mlcore.evaluation.calibration import Bin
from mlcore.evaluation.scores import Average, ClassScores
from mlcore.intervals import Interval, wilson
from mlcore.library.certainty import Certainty
from mlcore.settings import Settings

MOST_CLASSES = 8000  # their table takes half a gigabyte
WHOLE_TABLE = 30  # classes; a larger confusion table is written as its non-empty cells and shown as a list


@dataclass(frozen=True)
class Confusion:
    """Pictures of one class that were taken for another: class indices and how many."""

    truth: int
    predicted: int
    count: int


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How a classifier fared on one split.

    confusion int64 (K, K), rows = truth. Bins, ECE and NLL "before" are of the raw confidences,
    "after" of those divided by `temperature`; `nll`, `brier` and the answers are calibrated.
    `data`, `split` and `fingerprint` say which pictures, `left_out` how many of them were left out as the model had
    learned from them, `note` what else has to be known, in a sentence; `certainty` says what the threshold and the
    prediction sets of the model's card are worth on them, None in reports of older versions; `answers` holds each
    picture's answer, or None.
    """

    __pydantic_config__ = ConfigDict(arbitrary_types_allowed=True)  # it holds arrays

    classes: tuple[str, ...]
    accuracy: Interval
    top_accuracy: dict[int, Interval]
    per_class: tuple[ClassScores, ...]
    macro: Average
    confusion: np.ndarray
    temperature: float
    bins_before: tuple[Bin, ...]
    bins_after: tuple[Bin, ...]
    ece_before: float
    ece_after: float
    nll_before: float
    nll: float
    brier: float
    data: str = ""
    split: str = ""
    fingerprint: str = ""
    note: str = ""
    left_out: int = 0
    seconds: float | None = None
    certainty: Certainty | None = None
    answers: Answers | None = field(default=None, repr=False)

    @property
    def commonest(self) -> tuple[str, Interval]:
        """The class with the most pictures, and how often answering it always would be right."""
        most = max(self.per_class, key=lambda each: each.n)
        return most.name, wilson(most.n, sum(each.n for each in self.per_class))

    @property
    def balanced(self) -> float | None:
        """Balanced accuracy: the mean share recognised over the classes, each counting the same."""
        return self.macro.recall

    @property
    def shows_table(self) -> bool:
        """Whether the confusion table is small enough to look at whole."""
        return len(self.classes) <= WHOLE_TABLE

    def top_confusions(self, n: int = 20) -> list[Confusion]:
        """The n most frequent confusions of one class with another, most frequent first."""
        wrong = self.confusion * (1 - np.eye(len(self.classes), dtype="int64"))
        cells = np.argsort(-wrong, axis=None, kind="stable")[:n]
        pairs = zip(*np.unravel_index(cells, wrong.shape), strict=True)
        return [Confusion(int(t), int(p), int(wrong[t, p])) for t, p in pairs if wrong[t, p]]

    def to_json(self) -> dict[str, Any]:
        """Everything but the answers, as plain values without NaN."""
        values = {name: value for name, value in vars(self).items() if name not in ("answers", "confusion")}
        plain = {name: _plain(value) for name, value in values.items()}
        table = {"confusion": self.confusion.tolist() if self.shows_table else None}
        if not self.shows_table:
            rows, columns = np.nonzero(self.confusion)
            table["confusion_cells"] = np.stack([rows, columns, self.confusion[rows, columns]], axis=1).tolist()
        name, share = self.commonest
        baseline = {"balanced_accuracy": self.balanced, "baseline": {"class": name, "accuracy": share.to_json()}}
        return plain | table | baseline | {"top_confusions": [asdict(each) for each in self.top_confusions()]}

    @classmethod
    def from_json(cls, values: dict[str, Any], answers: Answers | None = None) -> "Evaluation":
        """The evaluation that `to_json` wrote; raises Refused(unreadable-file) for other values."""
        given = {"confusion": _table(values), "answers": answers}
        return reader.validated({**values, **given}, cls, "The report")


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Settings):
        return value.model_dump(mode="json")
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def _table(values: dict[str, Any]) -> np.ndarray:
    """The confusion table, whole or out of its cells; raises ValueError where it isn't one of the classes."""
    size = len(values["classes"])
    if size > MOST_CLASSES:
        raise ValueError(f"a table of {size:,} classes")
    if values["confusion"] is not None:
        return np.asarray(values["confusion"], "int64").reshape(size, size)
    table = np.zeros((size, size), "int64")
    rows, columns, counts = np.asarray(values["confusion_cells"], "int64").reshape(-1, 3).T
    table[rows, columns] = counts
    return table
