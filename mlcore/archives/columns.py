"""What the columns of a table of pictures mean: path, class, split, group, and further facts."""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mlcore.archives.delimited import Table
from mlcore.archives.names import is_picture_name, listed
from mlcore.archives.split_names import SPLITS
from mlcore.errors import Kind, Refused

JUDGED = 200  # rows by which a column is told
PATHS = {"path", "file", "filename", "image", "img", "picture", "photo", "id", "name"}  # words in what it is called
LABELS = {"label", "labels", "class", "classname", "classid", "category", "target", "species", "breed", "diagnosis"}
LABELS |= {"dx", "y"}
SPLIT = {"split", "set", "subset", "partition", "dataset", "phase", "usage", "fold"}
GROUP = {"group", "patient", "subject", "individual", "animal", "lesion", "video", "sequence", "session", "location"}
MOST_FURTHER = 50
FEW = 20  # rows, of which each may have a class of its own

OF_FILES = {"width", "height", "bytes", "format", "camera", "software", "gps", "private"}  # facts of a picture's file

IsPicture = Callable[[str], bool]


@dataclass(frozen=True)
class Columns:
    """The columns of a table by their places; `label` is one, or several of which one holds a 1, or none.

    `rows` are those of the pictures, without the names of the columns; `names` are those, made up where there are none.
    """

    names: list[str]
    rows: list[list[str]]
    path: int
    label: tuple[int, ...] = ()
    split: int | None = None
    group: int | None = None
    further: tuple[int, ...] = ()

    def class_of(self, row: list[str]) -> str:
        """The class that a row tells; nothing where it tells none."""
        if len(self.label) == 1:
            return row[self.label[0]]
        return next((self.names[place] for place in self.label if _is_one(row[place])), "")


def understood(table: Table, is_picture: IsPicture, path: str = "", label: str = "") -> Columns | None:
    """What the columns of a table mean, by their names and what is in them, or as it is said; None for another table.

    Raises Refused(bad-setting) for a column that isn't there.
    """
    if table.width < 2:
        return None
    place = _path(table, is_picture, path)
    if place is None:
        return None
    first, rows = table.rows[0], table.rows
    is_head = not is_picture(first[place]) and not is_picture_name(first[place])
    names = [name or f"column {n}" for n, name in enumerate(first, 1)] if is_head else _numbered(table.width)
    rows = rows[1:] if is_head else rows
    others = [each for each in range(table.width) if each != place]
    split = next((each for each in others if _is_split(names[each], rows, each, is_head)), None)
    others = [each for each in others if each != split]
    said = _named(names, label, table) if label else None
    labels = (said,) if said is not None else _labels(names, rows, others)
    group = next((each for each in others if _words(names[each]) & GROUP and each not in labels), None)
    further = tuple(each for each in others if each not in (*labels, group))[:MOST_FURTHER]
    return Columns(names, rows, place, labels, split, group, further)


def facts(columns: Columns) -> Callable[[list[str]], dict[str, str | float]]:
    """A function that gives the further facts of a row: numbers where a column holds nothing else, else texts."""
    numeric = {place for place in columns.further if _is_numeric(columns.rows, place)}
    called = {place: f"{name} (table)" if name in OF_FILES else name for place, name in enumerate(columns.names)}

    def of(row: list[str]) -> dict[str, str | float]:
        found: dict[str, str | float] = {
            called[place]: _number(row[place]) if place in numeric else row[place]
            for place in columns.further
            if row[place]
        }
        return found | ({"group": row[columns.group]} if columns.group is not None and row[columns.group] else {})

    return of


def _path(table: Table, is_picture: IsPicture, said: str) -> int | None:
    """The column whose cells are pictures that are here; of equal ones that which is called so."""
    if said:
        return _named(table.rows[0], said, table)
    sample = table.rows[1 : 1 + JUDGED] or table.rows
    hits = [sum(is_picture(row[place]) for row in sample) for place in range(table.width)]
    best = max(range(table.width), key=lambda place: (hits[place], bool(_words(table.rows[0][place]) & PATHS)))
    return best if hits[best] else None


def _labels(names: list[str], rows: list[list[str]], others: list[int]) -> tuple[int, ...]:
    """The column called like a class, or the only one there is, or those of which one holds a 1; none where unclear."""
    called = [place for place in others if _words(names[place]) & LABELS and any(row[place] for row in rows)]
    if called:
        return (max(called, key=lambda place: (not _is_numeric(rows, place), -place)),)
    if len(others) == 1 and _repeats(rows, others[0]):
        return (others[0],)
    ones = [sum(_is_one(row[place]) for place in others) for row in rows[:JUDGED]]
    zeros = all(_is_one(row[place]) or _is_zero(row[place]) for row in rows[:JUDGED] for place in others)
    return tuple(others) if zeros and others and set(ones) <= {0, 1} and any(ones) else ()


def _repeats(rows: list[list[str]], place: int) -> bool:
    """Whether a column may be a class: of many rows some have the same."""
    return len({row[place] for row in rows}) < len(rows) or len(rows) <= FEW


def _is_split(name: str, rows: list[list[str]], place: int, is_head: bool) -> bool:
    values = {row[place].lower() for row in rows} - {""}
    return bool(values) and values <= SPLITS.keys() and (not is_head or bool(_words(name) & SPLIT) or len(values) > 1)


def _named(names: list[str], wanted: str, table: Table) -> int:
    for candidates in (names, _numbered(len(names))):
        if wanted in candidates:
            return candidates.index(wanted)
    raise Refused(Kind.BAD_SETTING, f"{table.name!r} has no column {wanted!r}; there are {listed(names)}.")


def _numbered(width: int) -> list[str]:
    return [f"column {number}" for number in range(1, width + 1)]


def _words(name: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return set(re.findall(r"[a-z]+", spaced)) | {re.sub(r"[^a-z]", "", spaced)}


def _is_numeric(rows: Iterable[list[str]], place: int) -> bool:
    cells = [row[place] for row in rows if row[place]]
    return bool(cells) and not any(math.isnan(_number(cell)) for cell in cells)


def _number(cell: str) -> float:
    """A cell as a number, also with a decimal comma; NaN for what is none."""
    try:
        value = float(cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _is_one(cell: str) -> bool:
    return _number(cell) == 1


def _is_zero(cell: str) -> bool:
    return _number(cell) == 0
