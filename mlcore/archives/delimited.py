"""Tables as people save them: CSV, TSV and lists of words, in whatever coding and with whatever separator."""

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass

from mlcore.errors import Kind, Refused

ENDINGS = (".csv", ".tsv", ".tab", ".psv", ".txt", ".lst")
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
SEPARATORS = ",;\t| "  # of two that fit equally well the first
JUDGED = 50  # lines by which the separator is told
MOST_COLUMNS = 1000


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of cells, all of one length; `name` is what the file is called."""

    name: str
    rows: list[list[str]]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.rows[0]) if self.rows else 0


def parse(name: str, data: bytes) -> Table:
    """The table in a file's bytes; shorter rows are filled up. Raises Refused(unreadable-file)."""
    text = text_of(data)
    separator = _separator(text)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
        rows = [row for row in reader if any(row)]
    except csv.Error as error:
        raise Refused(Kind.UNREADABLE_FILE, f"The table {name!r} can't be read: {error}.") from None
    width = min(max(map(len, rows), default=0), MOST_COLUMNS)
    return Table(name, [[cell.strip() for cell in row[:width]] + [""] * (width - len(row)) for row in rows])


def text_of(data: bytes) -> str:
    """Bytes as text: by their mark, as UTF-8, or else as Windows writes western letters."""
    coding = next((coding for mark, coding in MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(coding)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """The separator that cuts the first lines into equally many cells, and into most."""
    lines = [line for line in text[: 1 << 16].splitlines()[:JUDGED] if line.strip()]
    return max(SEPARATORS, key=lambda separator: _fit(lines, separator))


def _fit(lines: list[str], separator: str) -> tuple[float, int]:
    """The share of lines with as many cells as most have, and how many those are; nothing where that is one."""
    try:
        counts = Counter(map(len, csv.reader(lines, delimiter=separator, skipinitialspace=True)))
    except csv.Error:
        return 0, 0
    if not counts:
        return 0, 0
    [(cells, often)] = counts.most_common(1)
    return (often / sum(counts.values()), cells) if cells > 1 else (0, 0)
