"""Preview: what a folder, an archive or a table would become as a data set, before anything is written."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mlcore import archives, images
from mlcore.archives import DETECTED, Question, Reading, Skipped, Source
from mlcore.archives.classes import UNLABELLED, named_classes
from mlcore.clips import folders
from mlcore.data import sizes
from mlcore.data.sizes import Suggestion
from mlcore.data.sources.folder import opened, origin
from mlcore.data.splits import SHARES, SPLITS, TEST, VAL
from mlcore.errors import Kind, Notice, Refused

SAMPLES = 8
ASKED = (Kind.UNCLEAR_SPLITS, Kind.UNCLEAR_LABELS)
USES = {TEST: "to test with", VAL: "to steer by (validation)"}
DRAWN = ""  # in place of a split that will be drawn


@dataclass(frozen=True, eq=False)
class Sample:
    """A picture as it would be stored, uint8 (H, W, 3), and its width and height as they are."""

    name: str
    class_name: str
    pixels: np.ndarray
    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Preview:
    """What was understood: `counts` are pictures by class and split, `DRAWN` for those whose split will be drawn.

    `asked` is why it can't be added yet, with the `question` on splits or the `columns` that may be the class; `tables`
    name the classes; `unlabelled` pictures will wait for a class; `named` are classes that names of files tell.
    Pictures are decoded when they are added, so what is damaged in them isn't among `skipped` yet.
    """

    origin: str
    counts: dict[str, dict[str, int]]
    bytes: int
    ignored: int
    skipped: tuple[Skipped, ...]
    notices: tuple[Notice, ...]
    size: Suggestion
    samples: tuple[Sample, ...] = ()
    asked: Refused | None = None
    question: Question | None = None
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    unlabelled: int = 0
    named: tuple[str, ...] = ()

    @property
    def classes(self) -> dict[str, int]:
        """How many pictures each class has."""
        return {name: sum(splits.values()) for name, splits in self.counts.items()}

    @property
    def splits(self) -> dict[str, int]:
        """How many pictures each split has."""
        total: Counter[str] = Counter()
        for splits in self.counts.values():
            total.update(splits)
        return dict(total)

    @property
    def set_aside(self) -> str:
        """What is taken from the training pictures for splits that weren't given; empty where both were."""
        left, shares = self.splits.get("train", 0) + self.splits.get(DRAWN, 0), []
        for code, share, most in SHARES:
            if SPLITS[code] not in self.splits:
                count = min(round(share * left), most)
                left -= count
                shares.append(f"about {count:,} {USES[code]}")
        begin = "Set aside from the training pictures of each class, the same ones every time"
        return f"{begin}: {', '.join(shares)}." if shares else ""

    @property
    def total(self) -> int:
        """Pictures in all."""
        return sum(self.classes.values()) + self.unlabelled

    def document(self) -> dict[str, Any]:
        """The same as plain values, without the samples."""
        asked = {"kind": str(self.asked.kind), "message": self.asked.message} if self.asked else None
        return {
            "origin": self.origin,
            "classes": self.classes,
            "splits": {name or "drawn": count for name, count in self.splits.items()},
            "pictures": self.total,
            "unlabelled": self.unlabelled,
            "bytes": self.bytes,
            "ignored": self.ignored,
            "skipped": [{"file": one.file, "kind": str(one.kind), "message": one.message} for one in self.skipped],
            "notices": [{"kind": str(one.kind), "message": one.message} for one in self.notices],
            "question": asked,
            "tables": list(self.tables),
            "columns": list(self.columns),
            "named": list(self.named),
            "shape": list(self.size.shape),
            "store": self.size.store,
            "disk_bytes": self.size.disk_bytes,
            "why": self.size.why,
        }


def preview(
    source: Source,
    size: int | None = None,
    frames: int | None = None,
    reading: Reading = DETECTED,
    pictures: Path | None = None,
    store: str = "",
) -> Preview:
    """What `data.add` would make of the same; raises Refused where it would, but for what can be answered."""
    with opened(source, reading, pictures, videos=bool(frames)) as archive:
        asked = _asked(archive, 2 if frames else 1)
        members = (
            archive.members if frames is None else tuple(row.member for row in folders.rows(archive.members, True))
        )
        known, files = sizes.looked_at(archive)
        suggestion = sizes.suggested(known, len(members), files, size, store, frames or 0)
        return Preview(
            origin=origin(source),
            counts=_counts(members, archive.classes),
            bytes=archive.nbytes,
            ignored=archive.ignored,
            skipped=tuple(archive.skipped),
            notices=archive.notices,
            size=suggestion,
            samples=() if frames else tuple(_samples(archive, suggestion.size)),
            asked=asked,
            question=archive.layout.question if asked and asked.kind == Kind.UNCLEAR_SPLITS else None,
            unlabelled=sum(member.split == UNLABELLED for member in members),
            tables=tuple(archive.labels.names) if archive.labels and archive.labels.is_clear else (),
            columns=tuple(archive.labels.columns) if archive.labels else (),
            named=tuple(named_classes(archive)) if asked or len(archive.classes) < 2 else (),
        )


def _asked(archive: archives.Archive, least: int) -> Refused | None:
    """Read it as a data set; gives what has to be answered first."""
    try:
        archive.require_classes(least)
    except Refused as refusal:
        if refusal.kind in ASKED or (refusal.kind == Kind.NO_CLASS_FOLDERS and named_classes(archive)):
            return refusal
        raise
    return None


def _counts(members: tuple[archives.Member, ...], classes: dict[str, int]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {name: {} for name in classes}
    for member in members:
        if member.class_name is not None:
            split = member.split or DRAWN
            counts[member.class_name][split] = counts[member.class_name].get(split, 0) + 1
    return {name: splits for name, splits in counts.items() if splits}


def _samples(archive: archives.Archive, size: sizes.Sides) -> list[Sample]:
    samples = []
    for member in archive.some(SAMPLES):
        try:
            picture = images.decode(archive.read(member))
        except Refused:
            continue
        pixels = picture.fit(*size)
        samples.append(Sample(member.name, member.class_name or "", pixels, picture.width, picture.height))
    return samples
