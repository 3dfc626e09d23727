"""A stack of layer rows: what each gives, how many weights it has, and what is wrong with it, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from pydantic import ValidationError

from mlcore.architectures.rows import KINDS, Add, JoinRow, Row, Shape, in_words, sides
from mlcore.errors import Kind, Refused

MOST_ROWS = 100
MOST_PARAMETERS = 200_000_000  # 3.2 GB while training with Adam
MOST_NUMBERS = 20_000_000  # in one result for one picture


@dataclass(frozen=True)
class Line:
    """What became of one row: the shape it gives, its parameters, or what is wrong; then no shape is known."""

    row: Row | None
    shape: Shape | None = None
    parameters: int = 0
    trouble: str = ""


def parse(values: Any) -> Row:
    """A row from plain values; raises ValueError with what is wrong with it, as the end of a sentence."""
    if isinstance(values, Row):
        return values
    if not isinstance(values, dict) or values.get("type") not in KINDS:
        raise ValueError(f'has no known "type"; there are {", ".join(KINDS)}')
    kind = KINDS[values["type"]]
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise ValueError(_why(kind, error.errors()[0])) from None


def lines(rows: Sequence[Any], shape: Shape, classes: int) -> list[Line]:
    """One line for each row (a Row or its plain values), and one for the answer: a number for each class."""
    shapes: list[Shape] = [tuple(shape)]  # of the picture and of what follows, up to the first row that is wrong
    lines: list[Line] = []
    for values in rows:
        line = _line(values, shapes if len(shapes) > len(lines) else [])
        lines.append(line)
        shapes += [line.shape] if line.shape is not None else []
    return [*lines, _answer(shapes[-1] if len(shapes) > len(lines) else None, classes)]


def trouble(lines: Sequence[Line]) -> str | None:
    """The first thing that is wrong with a stack, as a sentence; None when nothing is."""
    for number, line in enumerate(lines, 1):
        if line.trouble:
            name = f"Row {number}" + (f" ({line.row.title.lower()})" if line.row else "")
            return f"{name} {line.trouble}." if number < len(lines) else line.trouble
    total = sum(line.parameters for line in lines)
    if len(lines) - 1 > MOST_ROWS:
        return f"There are {len(lines) - 1} rows; allowed are {MOST_ROWS}."
    if total > MOST_PARAMETERS:
        return f"The network would have {total:,} parameters; allowed are {MOST_PARAMETERS:,}."
    return None


def check(lines: Sequence[Line]) -> None:
    """Raise Refused for the first thing that is wrong."""
    if sentence := trouble(lines):
        raise Refused(Kind.NOT_COMPATIBLE, sentence)


def reorder(rows: Sequence[dict], order: Sequence[int]) -> list[dict]:
    """The rows in another order, given as their old numbers from 1; shortcuts go on meaning the row they meant.

    A number left out deletes its row, one given twice copies it. A shortcut to a row that is gone keeps its number.
    """
    moved = {old: new for new, old in reversed(list(enumerate(order, 1)))}
    chosen = [dict(rows[old - 1]) for old in order]
    return [{**row, "row": moved.get(row["row"], row["row"])} if row.get("row") else row for row in chosen]


def _line(values: Any, shapes: list[Shape]) -> Line:
    """What becomes of a row behind results of these shapes; there are none where a row before it is wrong."""
    try:
        row = parse(values)
    except ValueError as error:
        return Line(None, trouble=str(error))
    if not shapes:
        return Line(row)
    before = shapes[-1]
    wrong = row.refuses(before) or (_join_trouble(row, shapes) if isinstance(row, JoinRow) else None)
    if wrong:
        return Line(row, trouble=wrong)
    gives = _joined(row, shapes) if isinstance(row, JoinRow) else row.gives(before)
    if prod(gives) > MOST_NUMBERS:
        return Line(row, trouble=f"gives {in_words(gives)} for each picture, which is too much")
    return Line(row, gives, row.parameters(before))


def _join_trouble(row: JoinRow, shapes: list[Shape]) -> str | None:
    """Why an earlier result can't come in here; shapes[0] is the picture's, shapes[-1] that of the row before."""
    if row.row >= len(shapes) - 1:
        return f"needs an earlier row than the one before it, and {row.row} isn't"
    one, other = shapes[-1], shapes[row.row]
    fit = one == other if isinstance(row, Add) else one[:-1] == other[:-1]
    if not fit:
        alike = "be of the same shape" if isinstance(row, Add) else "have the same height and width"
        return f"joins {in_words(one)} and {in_words(other)} of row {row.row}; they must {alike}"
    return None


def _joined(row: JoinRow, shapes: list[Shape]) -> Shape:
    one, other = shapes[-1], shapes[row.row]
    return one if isinstance(row, Add) else (*one[:-1], one[-1] + other[-1])


def _answer(shape: Shape | None, classes: int) -> Line:
    if shape is None:
        return Line(None)
    if len(shape) == 3:
        ends = f"The last row gives a map ({sides(shape)}); end with a flatten or a global pooling."
        return Line(None, trouble=ends)
    return Line(None, (classes,), (shape[0] + 1) * classes)


def _why(kind: type[Row], error: Mapping[str, Any]) -> str:
    field, fields = str(error["loc"][0]), [name for name in kind.model_fields if name != "type"]
    if error["type"] == "extra_forbidden":
        return f"has no {field!r}; it has {', '.join(fields) or 'nothing to set'}"
    words = error["msg"].removeprefix("Input should be ")
    return f"can't have {field} {error['input']!r:.40}; it should be {words}"
