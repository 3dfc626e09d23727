"""Classify many files: pictures, folders and archives; one that can't be read keeps its reason and stops nobody."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mlcore import archives, images, signatures
from mlcore.classifier import Classifier, Prediction
from mlcore.errors import Kind, Refused
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


def read_file(path: Path) -> bytes:
    """The bytes of one file; raises Refused when there is none to read."""
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "isn't there" if not path.exists() else "is no ordinary file"
            raise Refused(Kind.MISSING_DATA, f"{str(path)!r} {what}; give the path of a file that can be read.")
        return path.read_bytes()
    except OSError as error:
        raise Refused(Kind.MISSING_DATA, f"{str(path)!r} can't be read: {error.strerror or error}.") from None


def _answered(classifier, rows: list[Row]) -> Iterator[Row]:
    good = [row for row in rows if row.picture]
    answers = iter(classifier.predict([row.picture for row in good]))
    for row in rows:
        yield Row(row.file, row.picture, next(answers)) if row.picture else row


def _rows(sources) -> Iterator[Row]:
    for name, source in sources:
        try:
            if _is_collection(source):
                yield from _members(name, source)
            else:
                yield _decoded(name, lambda source=source: _bytes(source))
        except Refused as refusal:
            yield Row(name, refusal=refusal)


def _members(name: str, source) -> Iterator[Row]:
    with archives.open(source, name) as archive:
        if not archive.members and not archive.skipped:
            raise Refused(Kind.NO_IMAGES, f"{name!r} holds no pictures.")
        for member, content in archive.pictures():
            yield _decoded(f"{name}/{member.name}", lambda content=content: content)
        for skipped in archive.skipped:
            yield Row(f"{name}/{skipped.file}", refusal=Refused(skipped.kind, skipped.message))


def _decoded(name: str, read) -> Row:
    try:
        return Row(name, images.decode(read()))
    except Refused as refusal:
        return Row(name, refusal=refusal)


def _is_collection(source) -> bool:
    if isinstance(source, Path) and not source.is_file():
        return source.is_dir()
    found = signatures.identify(_head(source))
    return bool(found) and found.family in ("archive", "other archive")


def _head(source) -> bytes:
    if isinstance(source, Path):
        with open(source, "rb") as file:
            return file.read(signatures.HEAD)
    source.seek(0)
    head = source.read(signatures.HEAD)
    source.seek(0)
    return head


def _bytes(source) -> bytes:
    return read_file(source) if isinstance(source, Path) else source.read()
