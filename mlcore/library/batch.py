"""Batch classification of files: pictures or clips, folders and archives; one that can't be read keeps its reason."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mlcore import intake
from mlcore.clips import Clip
from mlcore.errors import Refused
from mlcore.images import Picture
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier, Prediction

CHUNK = 64  # pictures answered at a time,
CHUNK_BYTES = 256 * 2**20  # or fewer, where they are large: 64 of 48 megapixels would take 9 GB


@dataclass(frozen=True)
class Row:
    """A file with its picture and answer, or with the reason why there is none."""

    file: str
    picture: Picture | Clip | None = None
    prediction: Prediction | None = None
    refusal: Refused | None = None


def classify(classifier: Classifier, sources: Iterable[tuple[str, Path | BinaryIO]]) -> Iterator[Row]:
    """Answer every picture of the named sources, or every clip where the classifier takes clips, in order.

    Memory stays flat.
    """
    waiting: list[Row] = []
    for row in _rows(classifier.card, sources):
        waiting.append(row)
        if len(waiting) == CHUNK or sum(_bytes(each) for each in waiting) >= CHUNK_BYTES:
            yield from _answered(classifier, waiting)
            waiting = []
    yield from _answered(classifier, waiting)


def _bytes(row: Row) -> int:
    return row.picture.nbytes if row.picture else 0


def _answered(classifier: Classifier, rows: list[Row]) -> Iterator[Row]:
    answers = iter(classifier.predict([row.picture for row in rows if row.picture]))
    for row in rows:
        yield Row(row.file, row.picture, next(answers)) if row.picture else row


def _rows(card: Card, sources: Iterable[tuple[str, Path | BinaryIO]]) -> Iterator[Row]:
    for name, source in sources:
        for file, content in _contents(card, source, name):
            yield Row(file, refusal=content) if isinstance(content, Refused) else Row(file, content)


def _contents(
    card: Card, source: Path | BinaryIO, name: str
) -> Iterator[tuple[str, Picture | Refused]] | Iterator[tuple[str, Clip | Refused]]:
    if card.is_sequence:
        return intake.clips_of(source, name, card.shape[0], card.size)
    return intake.pictures(source, name)
