"""Many pictures in, one row each out; a file that can't be read keeps its reason and stops nobody."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from mlcore import archives, images
from mlcore.errors import Refused

CHUNK = 64
THUMBNAIL = 48


@dataclass(frozen=True)
class Row:
    """A file and its answers [(class, probability)], or the reason why there are none."""

    file: str
    top: tuple[tuple[str, float], ...] = ()
    sure: bool = False
    kind: str = ""
    message: str = ""
    png: bytes = b""


def classify(classifier, uploads: list, top: int) -> Iterator[tuple[int, int, Row]]:
    """Classify files and the pictures inside archives; yields (done, total, Row)."""
    waiting, done = [], 0
    total = len(uploads)
    for total, name, read in _members(uploads):
        try:
            waiting.append((name, images.decode(read())))
        except Refused as refusal:
            done += 1
            yield done, total, Row(name, kind=refusal.kind, message=refusal.message)
        if len(waiting) == CHUNK:
            for row in _answered(classifier, waiting, top):
                done += 1
                yield done, total, row
            waiting = []
    for row in _answered(classifier, waiting, top):
        done += 1
        yield done, total, row


def plain(row: Row) -> dict:
    """A row as the CSV file has it."""
    values = {"file": row.file, "answer": row.top[0][0] if row.top else "", "sure": "yes" if row.sure else "no"}
    for rank, (name, probability) in enumerate(row.top, 1):
        values |= {f"class_{rank}": name, f"probability_{rank}": round(probability, 6)}
    return values | {"kind": str(row.kind), "message": row.message}


def thumbnail(row: Row) -> str:
    """The small picture of a row as an address that a table can show."""
    return "data:image/png;base64," + base64.b64encode(row.png).decode()


def _answered(classifier, waiting: list, top: int) -> list[Row]:
    if not waiting:
        return []
    predictions = classifier.predict([picture for _, picture in waiting])
    return [
        Row(name, tuple(told.top(top)), told.sure, png=images.png(images.thumbnail(picture.pixels, THUMBNAIL)))
        for (name, picture), told in zip(waiting, predictions, strict=True)
    ]


def _members(uploads: list) -> Iterator[tuple]:
    """(total, name, read) of every picture; an archive that is refused is one row of its own."""
    for upload in uploads:
        if not upload.name.lower().endswith((".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz")):
            yield len(uploads), upload.name, upload.getvalue
            continue
        with archives.open(upload, upload.name) as archive:
            for member in archive.members:
                yield len(archive.members), member.name, lambda member=member: archive.read(member)
            for skipped in archive.skipped:
                yield len(archive.members), skipped.file, lambda skipped=skipped: _refuse(skipped)


def _refuse(skipped):
    raise Refused(skipped.kind, skipped.message)
