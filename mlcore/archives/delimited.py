"""Tables as people save them: CSV, TSV and lists of words, in whatever coding and with whatever separator."""

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass

from mlcore.errors import Kind, Refused

TABLES = (".csv", ".tsv", ".tab", ".psv")
ENDINGS = (*TABLES, ".txt", ".lst")
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
SEPARATORS = ",;\t| "  # of two that fit equally well the first
JUDGED = 50  # lines by which the separator is told
MOST_COLUMNS = 1000
MOST_CELLS = 3_000_000  # of the tables of an upload; each takes about 80 bytes of memory


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of cells, all of one length; `name` is what the file is called."""

    name: str
    rows: list[list[str]]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.rows) * self.width


def parse(name: str, data: bytes, most: int = MOST_CELLS) -> Table:
    """The table in a file's bytes, of so many cells at the most; shorter rows are filled up.

    Raises Refused(unreadable-file).
    """
    text = text_of(data)
    separator = separator_of(text)
    rows, width = list[list[str]](), 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True):
            if any(row):
                rows.append([cell.strip() for cell in row[:MOST_COLUMNS]])
                width = max(width, len(rows[-1]))
            if len(rows) * width > most:
                message = f"it has more than {most:,} cells, and so many are allowed for it"
                raise Refused(Kind.UNREADABLE_FILE, f"The table {name!r} isn't read: {message}.")
    except csv.Error as error:
        raise Refused(Kind.UNREADABLE_FILE, f"The table {name!r} can't be read: {error}.") from None
    return Table(name, [row + [""] * (width - len(row)) for row in rows])


def text_of(data: bytes) -> str:
    """Bytes as text: by their mark, as UTF-8, or else as Windows writes western letters."""
    coding = next((coding for mark, coding in MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(coding)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def separator_of(text: str) -> str:
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
