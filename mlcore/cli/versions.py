"""Versions of a data set: `data extend`, `label`, `edit`, `history`, `undo`, `redo`, `go`, `about` and `export`."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mlcore import data, reader
from mlcore.archives.delimited import text_of
from mlcore.archives.limits import MAX_OWN_FILES
from mlcore.cli.output import add_output
from mlcore.cli.result import Result, table
from mlcore.cli.terminal import tell_again
from mlcore.data import looks
from mlcore.data.edits import Edit
from mlcore.data.export import export
from mlcore.data.label_list import relabels
from mlcore.data.looks import Looks
from mlcore.errors import Kind, Refused

MOST_ROWS = MAX_OWN_FILES
MOST_LIST = 2**27  # bytes of a list of labels
SPAN = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


def describe(verbs: Any) -> None:
    """Arguments of these verbs."""
    more = _verb(verbs, "extend", extend, "more pictures from a folder or an archive, as the next version")
    more.add_argument("path", metavar="PATH")
    label = _verb(verbs, "label", label_them, "classes from a CSV: a column with the picture, one with the class")
    label.add_argument("file", metavar="CSV")
    _add_why(label)
    edit = _verb(verbs, "edit", edit_it, "a new version: relabel, move, drop, rename; rows are such as 3,7,10-20")
    for flag, form, words in (
        ("--relabel", "ROWS=CLASS", "give pictures another class, an old or a new one"),
        ("--move", "ROWS=SPLIT", "move them to train, val, test or unlabelled"),
        ("--drop", "ROWS", "leave them out; older versions keep them"),
        ("--rename", "OLD=NEW", "call a class otherwise, or make it one with another"),
    ):
        edit.add_argument(flag, metavar=form, action="append", default=[], help=words)
    _add_why(edit)
    for name, work, words in (
        ("history", show_history, "all versions: when, why, how many pictures"),
        ("undo", undo, "back to the version that this one was made of"),
        ("redo", redo, "on to the newest version that was made of this one"),
    ):
        _verb(verbs, name, work, words)
    _verb(verbs, "go", go, "make any version the current one").add_argument("version", metavar="K", type=int)
    said = _verb(verbs, "about", say, "where it is from, its licence, a note; makes no new version")
    for flag, words in (("--from", "where it is from"), ("--license", "its licence"), ("--note", "what else to know")):
        said.add_argument(flag, metavar="TEXT", dest=flag.strip("-").replace("from", "origin"), help=words)
    packed = _verb(verbs, "export", export_it, "a ZIP of class folders with a card, without metadata of cameras")
    add_output(packed, "--out", "ZIP", help="write it to this file", required=True)
    packed.add_argument("--version", metavar="K", type=int, help="another than the current version")


def extend(given: Namespace) -> Result:
    """More pictures."""
    return _stands(data.extend(given.name, Path(given.path), _progress))


def label_them(given: Namespace) -> Result:
    """Classes from a list."""
    text = text_of(reader.content(Path(given.file), MOST_LIST))
    dataset = data.open(given.name)
    return _stands(data.edit(given.name, relabels(dataset, text), given.why, dataset.fingerprint))


def edit_it(given: Namespace) -> Result:
    """A new version out of edits."""
    edits: list[Edit] = [data.Relabel(rows, name) for rows, name in map(_rows_and_name, given.relabel)]
    edits += [data.Move(rows, split) for rows, split in map(_rows_and_name, given.move)]
    edits += [data.RenameClass(*_parted(text)) for text in given.rename]
    edits += [data.Drop(_rows(text)) for text in given.drop]
    if not edits:
        raise Refused(Kind.BAD_SETTING, "Nothing is to be changed: give --relabel, --move, --drop or --rename.")
    return _stands(data.edit(given.name, edits, given.why))


def show_history(given: Namespace) -> Result:
    """Every version of a data set."""
    history, stored = data.history(given.name), data.stored(given.name)
    now = stored.version if stored else 0  # what can't be opened has a history all the same
    versions = [{**vars(each), "current": each.number == now} for each in history]
    rows = [
        {
            "version": f"{each.number}{' *' if each.number == now else ''}",
            "made": each.created,
            "pictures": f"{each.pictures:,}",
            "of": each.parent or "-",
            "why": each.why or "added",
        }
        for each in history
    ]
    seen = looks.of(data.open(given.name)) if stored else Looks()
    lines = [table(rows, ""), "* the current one", *([seen.sentence()] if seen.times else [])]
    return Result({"versions": versions, "looks": seen.times}, "\n".join(lines))


def undo(given: Namespace) -> Result:
    """Back by one version."""
    return _stands(data.undo(given.name))


def redo(given: Namespace) -> Result:
    """On by one version."""
    return _stands(data.redo(given.name))


def go(given: Namespace) -> Result:
    """To any version."""
    return _stands(data.go_to(given.name, given.version))


def say(given: Namespace) -> Result:
    """What a person says of a data set."""
    now = data.describe(given.name, given.origin, given.license, given.note)
    document = {"name": now.name, "origin": now.origin, "license": now.license, "note": now.note}
    lines = [f"{key}: {value}" for key, value in document.items() if key != "name" and value]
    return Result(document, "\n".join(lines) or "Nothing is said of it yet.")


def export_it(given: Namespace) -> Result:
    """A ZIP of class folders."""
    dataset, path = data.open(given.name, version=given.version), Path(given.out)
    export(dataset, path, _progress)
    document = {"file": str(path), "version": dataset.version, "pictures": len(dataset), "bytes": path.stat().st_size}
    return Result(document, f"{path}: version {dataset.version} of {dataset.name}, {len(dataset):,} pictures")


def _progress(share: float, text: str = "", /) -> None:
    tell_again(text, last=share >= 1)


def _verb(verbs: Any, name: str, work: Any, words: str) -> ArgumentParser:
    parser: ArgumentParser = verbs.add_parser(name, help=words)
    parser.set_defaults(work=work)
    parser.add_argument("name", metavar="N")
    return parser


def _add_why(parser: ArgumentParser) -> None:
    parser.add_argument("--why", default="", metavar="TEXT", help="what the history says of it")


def _stands(dataset: data.Dataset) -> Result:
    """Where the data set stands after an edit."""
    counts = {
        "classes": dict(dataset.class_counts),
        "splits": dict(dataset.splits),
        "unlabelled": len(dataset.unlabelled),
    }
    document = {"name": dataset.name, "version": dataset.version, "fingerprint": dataset.fingerprint, **counts}
    why = next(each.why for each in data.history(dataset.name) if each.number == dataset.version)
    return Result(document, f"{dataset.name} is at version {dataset.version} now ({why or 'as it was added'}).")


def _rows_and_name(text: str) -> tuple[tuple[int, ...], str]:
    rows, name = _parted(text)
    return _rows(rows), name


def _parted(text: str) -> tuple[str, str]:
    before, sign, after = text.partition("=")
    if not sign:
        raise Refused(Kind.BAD_SETTING, f"{text!r} can't be read: two parts with a = between them are expected.")
    return before, after


def _rows(text: str) -> tuple[int, ...]:
    """Numbers and stretches of numbers: 3,7,10-20."""
    spans = [SPAN.fullmatch(part.strip()) for part in text.split(",")]
    found = [(int(span[1]), int(span[2] or span[1])) for span in spans if span]
    if len(found) < len(spans) or any(last < first for first, last in found):
        raise Refused(Kind.BAD_SETTING, f"{text[:60]!r} names no rows: write them such as 3,7,10-20.")
    if (count := sum(last + 1 - first for first, last in found)) > MOST_ROWS:
        message = f"names {count:,} rows, and a data set has at most {MOST_ROWS:,} pictures"
        raise Refused(Kind.BAD_SETTING, f"{text[:60]!r} {message}.")
    return tuple(_each(found))


def _each(spans: Iterable[tuple[int, int]]) -> Iterable[int]:
    return (row for first, last in spans for row in range(first, last + 1))
