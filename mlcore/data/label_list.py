"""A list of labels, such as another tool writes: a table with a picture and its class in each line."""

import csv
from collections import Counter
from collections.abc import Iterator

from mlcore.archives.delimited import separator_of
from mlcore.data.edits import Relabel
from mlcore.data.store import Dataset
from mlcore.errors import Kind, Refused

PICTURE = ("picture", "file", "filename", "path", "name", "image", "row")
LABEL = ("label", "class")


def relabels(dataset: Dataset, text: str) -> list[Relabel]:
    """The edits that give the pictures their classes; a line without a class is passed over.

    The head line names the two columns. A picture is told by its file name, as it was or without its folders, or by
    its row. Raises Refused(bad-setting, unknown-name) and changes nothing.
    """
    rows_of: dict[str, list[int]] = {}
    find = _Finder(dataset)
    try:
        for line, picture, label in _lines(text):
            if label:
                rows_of.setdefault(label, []).append(find(picture, line))
    except csv.Error as error:
        raise Refused(Kind.BAD_SETTING, f"The list can't be read: {error}.") from None
    if not rows_of:
        raise Refused(Kind.BAD_SETTING, "No line of the list gives a picture a class.")
    _refuse_two_classes(rows_of, dataset)
    return [Relabel(tuple(rows), label) for label, rows in rows_of.items()]


def _lines(text: str) -> Iterator[tuple[int, str, str]]:
    """Number, picture and class of each line."""
    reader = csv.DictReader(text.splitlines(), delimiter=separator_of(text), skipinitialspace=True)
    names = {str(name).strip().lower(): name for name in reader.fieldnames or ()}
    picture = next((names[name] for name in PICTURE if name in names), None)
    label = next((names[name] for name in LABEL if name in names), None)
    if picture is None or label is None:
        head = ", ".join(names) or "nothing"
        raise Refused(
            Kind.BAD_SETTING,
            f"The list begins with the columns {head[:80]}: one called picture, file or row is needed, "
            "and one called label or class.",
        )
    for row in reader:
        yield reader.line_num, (row[picture] or "").strip(), (row[label] or "").strip()


class _Finder:
    """Finds the row of a picture by its name; what can't be told apart is refused."""

    def __init__(self, dataset: Dataset):
        self._count = len(dataset)
        self._rows = {name: row for row, name in enumerate(dataset.names)}
        self._short = {_short(name): row for name, row in self._rows.items()}
        self._often = Counter(dataset.names) + Counter(_short(name) for name in self._rows if "/" in name)

    def __call__(self, picture: str, line: int) -> int:
        row = self._rows.get(picture, self._short.get(picture))
        if row is None and picture.isascii() and picture.isdecimal() and len(picture) < 10:
            row = int(picture) if int(picture) < self._count else None
        if row is None:
            raise Refused(
                Kind.UNKNOWN_NAME, f"Line {line} of the list names {picture[:80]!r}, which isn't in the data set."
            )
        if self._often[picture] > 1:
            raise Refused(
                Kind.BAD_SETTING,
                f"Line {line} of the list names {picture[:80]!r}, and {self._often[picture]} pictures are called so: "
                "give their rows, in a column called row.",
            )
        return row


def _short(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _refuse_two_classes(rows_of: dict[str, list[int]], dataset: Dataset) -> None:
    counts = Counter(row for rows in rows_of.values() for row in set(rows))
    twice = next((row for row, count in counts.items() if count > 1), None)
    if twice is not None:
        classes = [label for label, rows in rows_of.items() if twice in rows]
        raise Refused(
            Kind.BAD_SETTING,
            f"The list gives {dataset.names[twice]!r} two classes, {classes[0]!r} and {classes[1]!r}: give it one.",
        )
