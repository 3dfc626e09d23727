"""Classify many files: pictures, folders and archives; one that can't be read keeps its reason and stops nobody."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mlcore import intake
from mlcore.classifier import Classifier, Prediction
from mlcore.errors import Refused
from mlcore.images import Picture

CHUNK = 64  # pictures answered at a time


@dataclass(frozen=True)
class Row:
    """A file with its picture and answer, or with the reason why there is none."""

    file: str
    picture: Picture | None = None
    prediction: Prediction | None = None
    refusal: Refused | None = None


def classify(classifier: Classifier, sources: Iterable[tuple[str, Path | BinaryIO]]) -> Iterator[Row]:
    """Answer every picture of the named sources, in order; memory stays flat."""
    waiting: list[Row] = []
    for row in _rows(sources):
        waiting.append(row)
        if len(waiting) == CHUNK:
            yield from _answered(classifier, waiting)
            waiting = []
    yield from _answered(classifier, waiting)


def _answered(classifier, rows: list[Row]) -> Iterator[Row]:
    good = [row for row in rows if row.picture]
    answers = iter(classifier.predict([row.picture for row in good]))
    for row in rows:
        yield Row(row.file, row.picture, next(answers)) if row.picture else row


def _rows(sources) -> Iterator[Row]:
    for name, source in sources:
        for file, content in intake.pictures(source, name):
            yield Row(file, refusal=content) if isinstance(content, Refused) else Row(file, content)
