"""Tables that leave the studio as CSV files."""

import csv as standard
import io
from collections.abc import Iterable, Mapping

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv(rows: Iterable[Mapping]) -> str:
    """Rows as CSV text with a head line; a text cell that a spreadsheet would run as a formula gets a leading '.

    The columns are those of all rows, in order of first sight; a missing cell stays empty. Numbers stay as they are.
    """
    rows = list(rows)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = standard.writer(text)  # lines end in CR LF, as RFC 4180 has it; a lone CR in a cell is quoted then
    writer.writerow(_safe(name) for name in columns)
    writer.writerows([_safe(row.get(name, "")) for name in columns] for row in rows)
    return text.getvalue()


def _safe(cell: object) -> object:
    """The cell itself, or as harmless text (OWASP, CSV injection)."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(DANGEROUS):
        return f"'{cell}"
    return cell
