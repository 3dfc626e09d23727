"""Numbers and times as a person reads them."""

import pytest

from mlcore.numerals import decimal, span


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-06, "0.000001"),
        (0.00025, "0.00025"),
        (3.14159, "3.14"),
        (1000.0, "1,000"),
        (1234.5678, "1,230"),
        (0.0, "0"),
        (-0.5, "-0.5"),
        (12, "12"),
        (1e6, "1,000,000"),
        (99.96, "100"),
    ],
)
def test_no_number_is_written_with_an_exponent(value, text):
    assert decimal(value) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(1 / 6, "10 seconds"), (0.1666, "10 seconds"), (1 / 60, "1 second"), (1, "1 minute"), (2.5, "2.5 minutes")],
)
def test_a_chosen_time_is_said_in_words(minutes, text):
    assert span(minutes) == text
