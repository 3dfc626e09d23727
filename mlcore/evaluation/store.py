"""Evaluations on disk beside the model they judge: `<model folder>/evaluations/<name>.json` and `.npz`."""

import hashlib
from pathlib import Path

from mlcore import durable, reader
from mlcore.errors import Refused
from mlcore.evaluation.answers import Answers
from mlcore.evaluation.certainty import of_answers
from mlcore.evaluation.report import Evaluation
from mlcore.home import checked_name
from mlcore.library.card import Card
from mlcore.library.certainty import Certainty

FOLDER = "evaluations"
MOST_BYTES = 2**28  # of answers, some 60 a picture
DAMAGE = (Refused, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


def save(folder: Path, name: str, evaluation: Evaluation) -> None:
    """Write an evaluation into a model's folder; an older one of that name goes away."""
    path = _path(folder, name)
    arrays = evaluation.answers.to_bytes() if evaluation.answers else b""
    if arrays:
        durable.write_bytes(path.with_suffix(".npz"), arrays)
    # The report comes last and names its arrays: a crash between the two can't pair old with new.
    durable.write_json(path, evaluation.to_json() | {"answers_sha256": _digest(arrays)})


def load(folder: Path, name: str) -> Evaluation | None:
    """The evaluation of that name, or None; its `answers` are None when they are missing or damaged."""
    path = _path(folder, name)
    try:
        values = reader.facts(path)
        return Evaluation.from_json(values, _answers(path.with_suffix(".npz"), values["answers_sha256"]))
    except DAMAGE:
        return None


def _answers(path: Path, digest: str) -> Answers | None:
    """The answers that belong to a report; None where they are missing, damaged or those of another."""
    try:
        arrays = reader.content(path, MOST_BYTES)
        return Answers.from_bytes(arrays) if _digest(arrays) == digest else None
    except DAMAGE:
        return None


def certainty_of(card: Card, folder: Path) -> Certainty | None:
    """How often a model's answers were right, by confidence: as its card says, else by what is kept of its test.

    None where neither is there.
    """
    if card.certainty:
        return card.certainty
    report = load(folder, "test")
    return of_answers(report.answers, "test") if report and report.answers else None


def names(folder: Path) -> list[str]:
    """The names of the evaluations that a model's folder holds."""
    return sorted(path.stem for path in (folder / FOLDER).glob("[!.]*.json"))


def _path(folder: Path, name: str) -> Path:
    return folder / FOLDER / f"{checked_name(name, 'name of an evaluation')}.json"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
