"""Certainty: how often answers of about the same confidence were right, measured on held-out pictures (reliability).

Kept on a model's card, so that each answer can be told with what was measured of answers like it.
"""

from collections.abc import Iterable
from typing import Self

from pydantic import model_validator

from mlcore.intervals import Interval, wilson
from mlcore.settings import Settings

FIGURES = {"value": "right", "low": "low", "high": "high", "n": "n"}  # of an interval, as columns are called
PROMISE = 0.9  # the share that 'sure' and prediction sets promise
NEVER_SURE = 2.0  # a threshold that no probability reaches; JSON has no infinity


class Level(Settings):
    """Held-out answers with a confidence from `low` to `high`, and how many of them were right."""

    low: float
    high: float
    right: int
    n: int

    @model_validator(mode="after")
    def _counts(self) -> Self:
        if not 0 <= self.right <= self.n:
            raise ValueError("no more answers can be right than there are")
        return self

    @property
    def accuracy(self) -> Interval:
        """The share that was right, with its 95 % interval."""
        return wilson(self.right, self.n)


class Coverage(Settings):
    """How often the true class was among those of the prediction set, and how many classes a set had on average."""

    share: Interval
    size: float


class Certainty(Settings):
    """What was measured on the pictures of a split: "test", "val", or "left-out" for cross-validation.

    `levels` run from the least to the most confident; `sure` is the share of right answers among those above the
    threshold, None without any; `sets` is of all pictures, `unsure_sets` of those below the threshold alone.
    """

    split: str
    levels: tuple[Level, ...] = ()
    sure: Interval | None = None
    sets: Coverage | None = None
    unsure_sets: Coverage | None = None

    @property
    def n(self) -> int:
        """Number of held-out pictures."""
        return sum(level.n for level in self.levels)

    def near(self, confidence: float) -> Level | None:
        """The held-out answers of about that confidence; None where nothing was measured."""
        return next(
            (level for level in self.levels if confidence < level.high), self.levels[-1] if self.levels else None
        )


def columns(names: Iterable[str] | None, share: Interval | None) -> dict[str, str | float]:
    """A prediction set and the share of right answers among such ones as cells of a table; empty where unknown."""
    figures = share.to_json() if share else dict.fromkeys(FIGURES, "")
    return {"set": "; ".join(names or ()), **{f"such_{title}": figures[name] for name, title in FIGURES.items()}}
