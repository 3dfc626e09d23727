"""Batch classification of files: pictures or clips, folders and archives; one that can't be read keeps its reason."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from mlcore import clips, images, intake
from mlcore.clips import Clip
from mlcore.errors import Notice, Refused
from mlcore.images import Picture
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier, Prediction
from mlcore.machine import memory

CHUNK = 64  # pictures answered at a time,
CHUNK_BYTES = 256 * 2**20  # or fewer, where a network looks at large ones
LARGE = 32_000_000  # bytes of a picture whose decoding leaves much behind


@dataclass(frozen=True, eq=False)
class Row:
    """A file with its answer, or with the reason why there is none.

    Of its picture what the network sees is kept, uint8 (h, w, 3), or (T, h, w, 3) of a clip, the notices of its
    opening, and where one was asked for a thumbnail uint8 (H, W, 3).
    """

    file: str
    seen: np.ndarray | None = None
    notices: tuple[Notice, ...] = ()
    thumbnail: np.ndarray | None = None
    prediction: Prediction | None = None
    refusal: Refused | None = None


def classify(
    classifier: Classifier, sources: Iterable[tuple[str, Path | BinaryIO]], thumbnail: int = 0
) -> Iterator[Row]:
    """Answer every picture of the named sources, or every clip where the classifier takes clips, in order.

    With `thumbnail` each row has one of so many pixels a side. A picture in its own size is let go before the next one
    is opened, so memory stays flat however many and large they are.
    """
    waiting: list[Row] = []
    for row in _rows(classifier.card, sources, thumbnail):
        waiting.append(row)
        if len(waiting) == CHUNK or sum(_bytes(each) for each in waiting) >= CHUNK_BYTES:
            yield from _answered(classifier, waiting)
            waiting = []
    yield from _answered(classifier, waiting)


def _bytes(row: Row) -> int:
    return 0 if row.seen is None else row.seen.nbytes


def _answered(classifier: Classifier, rows: list[Row]) -> Iterator[Row]:
    answers = iter(classifier.predict([row.seen for row in rows if row.seen is not None]))
    for row in rows:
        yield row if row.seen is None else replace(row, prediction=next(answers))


def _rows(card: Card, sources: Iterable[tuple[str, Path | BinaryIO]], thumbnail: int) -> Iterator[Row]:
    for name, source in sources:
        for file, content in _contents(card, source, name):
            if isinstance(content, Refused):
                yield Row(file, refusal=content)
                continue
            row, nbytes = _seen(card, file, content, thumbnail), content.nbytes
            del content  # before the next one is opened
            if nbytes > LARGE:
                memory.give_back()
            yield row


def _seen(card: Card, file: str, content: Picture | Clip, thumbnail: int) -> Row:
    """What is kept of a picture until it is answered."""
    poster = content.poster if isinstance(content, Clip) else content
    small = images.thumbnail(poster.pixels, thumbnail) if thumbnail else None
    return Row(file, clips.fitted(content, tuple(card.shape)), tuple(content.notices), small)


def _contents(
    card: Card, source: Path | BinaryIO, name: str
) -> Iterator[tuple[str, Picture | Refused]] | Iterator[tuple[str, Clip | Refused]]:
    if card.is_sequence:
        return intake.clips_of(source, name, card.shape[0], card.size)
    return intake.pictures(source, name)
