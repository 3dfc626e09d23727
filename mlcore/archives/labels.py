"""Classes from a table beside the pictures: a CSV of path and label, whose further columns become attributes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mlcore.archives import columns
from mlcore.archives.columns import Columns
from mlcore.archives.delimited import Table
from mlcore.archives.entry import Skipped
from mlcore.archives.names import PICTURE_ENDING, listed, no_class
from mlcore.archives.reading import Reading
from mlcore.archives.split_names import SPLITS, says_nothing, split_in
from mlcore.errors import Kind, Notice, Refused

NONE = "none"  # said in place of a table: the folders are the classes
DUMMY = "submission"  # a list of answers that are to be guessed: its classes are made up
COVERS = 0.5  # the share of pictures from which on a table counts more than folders


@dataclass(frozen=True)
class Row:
    """What a table says of a picture; without a class its folder tells that."""

    label: str
    split: str | None
    facts: dict[str, str | float]


@dataclass
class Labels:
    """What tables say of pictures, by their paths; `names` are those tables.

    `skipped` are rows that can't be used; `unnamed` says of a picture why its row gives it no class. `columns` are the
    names of columns of which one may be the class, and `is_clear` whether one is.
    """

    names: list[str]
    rows: dict[str, Row] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    column: str = ""
    is_clear: bool = True
    unnamed: dict[str, str] = field(default_factory=dict)

    def covers(self, count: int) -> bool:
        """Whether it has a row for most of so many pictures."""
        return len(self.rows) >= COVERS * count

    def unclear(self) -> Refused:
        """The refusal where no column is clearly the class."""
        return Refused(
            Kind.UNCLEAR_LABELS,
            f"{self.names[0]!r} names the pictures, and which of its columns is the class isn't clear: say it "
            f"(--label-column), one of {listed(self.columns)}, or that there are no classes (--labels {NONE}).",
        )

    def notices(self) -> list[Notice]:
        """Where the classes are from."""
        if not self.is_clear:
            return []
        message = f"Classes are those of {listed(self.names)}, column {self.column!r}"
        return [Notice(Kind.LABELS_FROM_TABLE, f"{message}; {len(self.rows):,} pictures have a row there.")]


class Finder:
    """Finds a picture by what a table calls it: a path from anywhere, a name, or a name without its ending."""

    def __init__(self, paths: Iterable[str]):
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            self._by_stem[_stem(path)].append(path)

    def __call__(self, text: str, near: str = "") -> str | None:
        """The path of the only picture that it can mean, None for none and for several; `near` is a split's name."""
        text = text.strip().replace("\\", "/").strip("/")
        paths = self._by_stem.get(_stem(text), []) if text else []
        if len(paths) < 2:
            return paths[0] if paths else None
        scores = {path: (_common(path, text), bool(near) and near in map(split_in, path.split("/"))) for path in paths}
        best = max(scores.values())
        [first, *more] = [path for path, score in scores.items() if score == best]
        return None if more else first

    def has(self, text: str) -> bool:
        """Whether there is any picture that it can mean."""
        return _stem(text.strip().replace("\\", "/").strip("/")) in self._by_stem if text.strip() else False


def find(tables: Sequence[Table], paths: Sequence[str], reading: Reading) -> Labels | None:
    """What the tables among these say of the pictures; None where none does. Raises Refused(bad-setting).

    Of several tables those that are called like splits belong together, else the one with most pictures counts.
    """
    if reading.labels == NONE or not paths:
        return None
    finder = Finder(paths)
    wanted = [table for table in tables if _is_wanted(table, reading)]
    known = {table: found for table in wanted if (found := columns.understood(table, finder.has, *_said(reading)))}
    if reading.labels and not known:
        raise Refused(Kind.BAD_SETTING, _no_such(reading.labels, tables, wanted))
    if not known:
        return None
    parts = {table: found for table, found in known.items() if split_in(_name(table)) and found.label}
    if len(parts) > 1:
        return _read(parts, finder, len({split_in(_name(table)) for table in parts}) > 1)
    best = max(known, key=lambda table: (bool(known[table].label), len(known[table].rows)))
    return _read({best: known[best]}, finder, False)


def _said(reading: Reading) -> tuple[str, str]:
    return reading.path, reading.label


def _is_wanted(table: Table, reading: Reading) -> bool:
    if reading.labels:
        return table.name == reading.labels or table.name.endswith(f"/{reading.labels}")
    return DUMMY not in table.name.lower()


def _no_such(wanted: str, tables: Sequence[Table], found: Sequence[Table]) -> str:
    if found:
        return f"No column of {wanted!r} names pictures that are here."
    return f"There is no table called {wanted!r}; there are {listed([table.name for table in tables]) or 'none'}."


def _read(parts: dict[Table, Columns], finder: Finder, tells_split: bool) -> Labels:
    labels = Labels([table.name for table in parts])
    for table, found in parts.items():
        labels.columns = [found.names[place] for place in (*found.label, *found.further)]
        labels.column = " / ".join(found.names[place] for place in found.label[:3])
        labels.is_clear = bool(found.label)
        _take(labels, table, found, finder, split_in(_name(table)) if tells_split else None)
    _by_folder(labels)
    return labels


def _take(labels: Labels, table: Table, found: Columns, finder: Finder, split: str | None) -> None:
    """Take in the rows of a table; those that name no picture, or one for the second time otherwise, are told."""
    facts_of, quoted = columns.facts(found), repr(table.name)
    nowhere, often = f"{quoted} names it, which isn't here.", f"{quoted} names it, which several files are called."
    for cells in found.rows:
        path = finder(cells[found.path], split or split_in(_name(table)) or "")
        class_name = found.class_of(cells)
        if class_name and (fault := no_class(class_name)):
            labels.unnamed[path or ""] = f"{table.name!r} gives it a class whose name {fault}."
            class_name = ""
        row = Row(class_name, split or _split(cells, found), facts_of(cells))
        if path is None:
            message = (
                often if finder.has(cells[found.path]) else nowhere
            )  # one text for all rows: there may be a million
            labels.skipped.append(Skipped(cells[found.path] or "a row without a path", Kind.MISSING_FILE, message))
        elif labels.rows.setdefault(path, row).label != row.label:
            message = f"{quoted} calls it {labels.rows[path].label!r} and {row.label!r}; the first counts."
            labels.skipped.append(Skipped(path, Kind.LABEL_CONFLICT, message))


def _split(cells: list[str], found: Columns) -> str | None:
    return SPLITS.get(cells[found.split].lower()) if found.split is not None else None


def _by_folder(labels: Labels) -> None:
    """Take splits from folders called so, where the tables tell none and several splits have rows."""
    if any(row.split for row in labels.rows.values()):
        return
    splits = {path: _folder_split(path) for path in labels.rows}
    if len(Counter(splits.values())) > 1 and None not in splits.values():
        labels.rows = {path: Row(row.label, splits[path], row.facts) for path, row in labels.rows.items()}


def _folder_split(path: str) -> str | None:
    return next((split for name in path.split("/")[:-1] if says_nothing(name) and (split := split_in(name))), None)


def _name(table: Table) -> str:
    return table.name.rpartition("/")[2].rpartition(".")[0]


def _stem(path: str) -> str:
    return PICTURE_ENDING.sub("", path.rpartition("/")[2]).casefold()


def _common(path: str, text: str) -> int:
    """How many parts of two paths are the same, from the file on."""
    pairs = zip(reversed(path.casefold().split("/")), reversed(text.casefold().split("/")), strict=False)
    same = 0
    for number, (one, other) in enumerate(pairs):
        if one != other and (number or "." in other):
            break
        same += one == other
    return same
