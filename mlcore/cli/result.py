"""What a verb gives back, and how tables look in a terminal."""

from dataclasses import dataclass

from mlcore.errors import Refused
from mlcore.intervals import Interval


@dataclass(frozen=True)
class Result:
    """A document for scripts, a text for people, a refusal when nothing of the input could be used, a fault of ours."""

    document: dict
    text: str = ""
    refusal: Refused | None = None
    fault: str = ""


def table(rows: list[dict], empty: str) -> str:
    """Rows under their names, columns aligned; the sentence when there is none."""
    if not rows:
        return empty
    names = list(rows[0])
    lines = [names, *([str(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def percent(accuracy: Interval | None) -> str:
    """An accuracy with its interval, or a dash."""
    return accuracy.text() if accuracy else "-"
