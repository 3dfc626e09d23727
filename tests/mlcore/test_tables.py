"""What leaves as CSV can be read back, and can't run in a spreadsheet."""

import csv
import io

import pytest

from mlcore import tables


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-cat", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1+1"])
def test_a_text_cell_that_a_spreadsheet_would_run_is_quoted(cell):
    (row,) = read(tables.csv([{"class": cell}]))

    assert row["class"] == "'" + cell


def test_a_column_name_is_quoted_too():
    assert tables.csv([{"=cmd": 1}]).startswith("'=cmd")


@pytest.mark.parametrize("cell", ["cat", "a-b", "1=1", 'say "hi", twice', "Größe\nzwei"])
def test_harmless_text_comes_back_as_it_was(cell):
    (row,) = read(tables.csv([{"class": cell}]))

    assert row["class"] == cell


def test_numbers_stay_numbers():
    assert tables.csv([{"change": -0.25, "n": 3}]) == "change,n\r\n-0.25,3\r\n"


def test_rows_may_differ_in_their_columns():
    rows = read(tables.csv([{"file": "a", "class": "cat"}, {"file": "b", "message": "bad"}]))

    assert rows == [{"file": "a", "class": "cat", "message": ""}, {"file": "b", "class": "", "message": "bad"}]
