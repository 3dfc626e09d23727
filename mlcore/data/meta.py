"""The facts of a stored data set or of one of its versions, `meta.json`, checked in shape."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, FailFast, Field, field_validator

from mlcore import reader
from mlcore.data import packed
from mlcore.data.splits import SPLITS, UNLABELLED
from mlcore.data.writer import HASH_BYTES, VERSION
from mlcore.errors import Kind, Notice, Refused

FILE = "meta.json"
MOST_SKIPPED = 140_000  # files left out that are listed, in data sets of older versions
Count = Annotated[int, Field(ge=0, le=10**9)]
Side = reader.Side


class Remark(BaseModel):
    """A notice as it is written down; its kind may be one that only a newer version knows."""

    kind: str
    message: str


class Skip(Remark):
    """A file that was left out, and why."""

    file: str


class Meta(BaseModel):
    """What a stored data set says of itself, as one of its versions has it.

    `version` is that of the form; `parent` the number of the version that this one was made of, and `why`.
    """

    model_config = ConfigDict(frozen=True)

    version: int
    parent: Count = 0
    why: str = ""
    seed: Annotated[int, Field(ge=0, lt=10**reader.DIGITS)] = 0
    title: str
    description: str
    source: str
    origin: str
    license: str
    created: reader.IsoDate
    classes: tuple[str, ...] = Field(min_length=1)
    shape: tuple[Side, Side, Literal[3]] | tuple[Side, Side, Side, Literal[3]]
    splits: dict[str, Count]
    unlabelled: Count = 0
    class_counts: dict[str, Count]
    store: Literal["flat", "packed"] = "flat"
    fingerprint: str
    notices: tuple[Remark, ...]
    skipped: Annotated[tuple[Skip, ...], FailFast()]

    @field_validator("splits")
    @classmethod
    def _of_all(cls, given: dict[str, int]) -> dict[str, int]:
        if set(given) != set(SPLITS):
            raise ValueError(f"expected are {', '.join(SPLITS)}")
        return given

    @property
    def pictures(self) -> int:
        """How many there are, labelled or not."""
        return sum(self.splits.values()) + self.unlabelled

    @property
    def sizes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the arrays that lie beside it."""
        arrays: dict[str, tuple[int, ...]] = {"labels.npy": (self.pictures,), "splits.npy": (self.pictures,)}
        if self.parent:
            return arrays | {"rows.npy": (self.pictures,)}
        index: dict[str, tuple[int, ...]] = {packed.INDEX: (self.pictures + 1,)} if self.store == "packed" else {}
        return arrays | {"hashes.npy": (self.pictures, HASH_BYTES)} | index

    @property
    def remarks(self) -> tuple[Notice, ...]:
        """The notices of kinds that this version knows."""
        kinds = set(Kind)
        return tuple(Notice(Kind(each.kind), each.message) for each in self.notices if each.kind in kinds)

    @property
    def left_out(self) -> tuple[dict[str, Any], ...]:
        """The files that were left out, as plain values."""
        return tuple(each.model_dump() for each in self.skipped)


def of(folder: Path) -> Meta:
    """The facts in a data set's folder; raises Refused(missing-file, unreadable-file, missing-data)."""
    meta = reader.record(folder / FILE, Meta, MOST_SKIPPED)
    if meta.version != VERSION:
        raise Refused(
            Kind.MISSING_DATA,
            f"The data set {folder.name!r} was stored by another version of this program: remove it and add it again.",
        )
    return meta


def counts(classes: Sequence[str], labels: np.ndarray, splits: np.ndarray) -> dict[str, Any]:
    """What the facts say of labels and splits: pictures per split, the unlabelled ones, and pictures per class."""
    per_split = np.bincount(splits, minlength=len(SPLITS) + 1).tolist()
    per_class = np.bincount(labels[splits != UNLABELLED], minlength=len(classes)).tolist()
    return {
        "splits": dict(zip(SPLITS, per_split, strict=False)),
        "unlabelled": per_split[UNLABELLED],
        "class_counts": dict(zip(classes, per_class, strict=True)),
    }
