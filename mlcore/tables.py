"""Tables that leave the studio as CSV files."""

import csv as standard
import io
import unicodedata
from collections.abc import Iterable, Mapping

FORMULA = frozenset("=+-@")
BREAKS = ("\t", "\r", "\n")  # what begins so may be a formula in the next cell
UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})  # spaces of any width, controls, byte-order marks


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
    return f"'{cell}" if isinstance(cell, str) and _runs(cell) else cell


def _runs(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula: also one behind what isn't seen, or in wide letters."""
    first = next((letter for letter in text if unicodedata.category(letter) not in UNSEEN), "")
    return text.lstrip(" ").startswith(BREAKS) or unicodedata.normalize("NFKC", first) in FORMULA
