"""What leaves as CSV can be read back, and can't run in a spreadsheet."""

import csv
import io

import pytest

from mlcore import tables


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


PLAIN = ["=1+1", "+1", "-cat", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1+1"]
WIDE = [
    "\uff1d1+1",
    "\uff0b1",
    "\uff0dcat",
    "\uff20SUM(A1)",
    "\ufe661",
    "\u3000\uff1d1",
]  # as typed in Japanese, and small
UNSEEN = ["\u00a0=1", "\u2003=1", "\u200b=1", "\ufeff=1", "\u202e=1", "\x00=1", "\u2028@x", " \u00a0\u2060-1"]


@pytest.mark.parametrize("cell", PLAIN + WIDE + UNSEEN)
def test_a_text_cell_that_a_spreadsheet_would_run_is_quoted(cell):
    (row,) = read(tables.csv([{"class": cell}]))

    assert row["class"] == "'" + cell


def test_a_column_name_is_quoted_too():
    assert tables.csv([{"=cmd": 1}]).startswith("'=cmd")


@pytest.mark.parametrize(
    "cell",
    [
        "cat",
        "a-b",
        "1=1",
        "  cat",
        "\u00a0cat",
        "\u2013 cat",
        "\u00bd",
        "",
        " ",
        "\u732b",
        'say "hi", twice',
        "Größe\nzwei",
    ],
)
def test_harmless_text_comes_back_as_it_was(cell):
    (row,) = read(tables.csv([{"class": cell}]))

    assert row["class"] == cell


def test_numbers_stay_numbers():
    assert tables.csv([{"change": -0.25, "n": 3}]) == "change,n\r\n-0.25,3\r\n"


def test_rows_may_differ_in_their_columns():
    rows = read(tables.csv([{"file": "a", "class": "cat"}, {"file": "b", "message": "bad"}]))

    assert rows == [{"file": "a", "class": "cat", "message": ""}, {"file": "b", "class": "", "message": "bad"}]
