"""What a verb gives back, and how tables look in a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mlcore.errors import Refused
from mlcore.intervals import Interval
from mlcore.reader import Unreadable


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
    lines = [names, *([" ".join(str(row[name]).split()) for name in names] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def with_unreadable(listed: Result, others: Sequence[Unreadable], verb: str = "remove") -> Result:
    """A list with what can't be read beside it, each with the reason; a document has it as `unreadable`."""
    document = listed.document | {"unreadable": [each.to_json() for each in others]}
    lines = [f"  {' '.join(each.name.split())}: {each.reason}" for each in others]
    words = ["", f"Can't be read, or not all of it; `{verb}` deletes it for good:"]
    return replace(listed, document=document, text="\n".join([listed.text, *(words if lines else []), *lines]))


def percent(accuracy: Interval | None) -> str:
    """An accuracy with its interval, or a dash."""
    return accuracy.text() if accuracy else "-"
