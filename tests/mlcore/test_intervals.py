"""A share that says how far it can be trusted."""

import json
from math import sqrt

import numpy as np
import pytest

from mlcore.intervals import Interval, percent_text, wilson


def test_thirty_of_thirty_is_not_certainty():
    share = wilson(30, 30)

    assert (share.value, share.high, share.n) == (1.0, 1.0, 30)
    assert share.low == pytest.approx(30 / (30 + 1.959964**2), abs=1e-6)  # closed form at n of n: n / (n + z^2)
    assert round(share.low, 3) == 0.886


@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (3, 7), (50, 100), (8061, 10_000)])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_the_bounds_solve_the_equation_that_defines_them(successes, n, confidence):
    share = wilson(successes, n, confidence)
    z = {0.5: 0.674490, 0.95: 1.959964, 0.999: 3.290527}[confidence]

    # A bound p is where the observed share lies z standard errors of p away: a quadratic in p.
    roots = np.roots([1 + z * z / n, -(2 * share.value + z * z / n), share.value**2])
    assert [share.low, share.high] == pytest.approx(sorted(roots.real), abs=1e-6)


def test_it_reaches_the_textbook_interval_for_many_pictures():
    share = wilson(80_600, 100_000)

    assert share.high - share.low == pytest.approx(2 * 1.959964 * sqrt(0.806 * 0.194 / 100_000), rel=1e-3)


def test_the_value_lies_between_the_bounds_for_every_count():
    for n in (1, 2, 5, 29, 1000):
        for successes in {0, 1, n // 2, n - 1, n}:
            share = wilson(successes, n)
            assert 0 <= share.low <= share.value <= share.high <= 1


def test_a_share_of_nothing_is_unknown():
    assert wilson(0, 0) == Interval(None, 0.0, 1.0, 0)
    assert wilson(0, 0).text() == "not measured"


@pytest.mark.parametrize(("successes", "n"), [(-1, 3), (4, 3)])
def test_impossible_counts_are_an_error(successes, n):
    with pytest.raises(ValueError, match="between 0 and n"):
        wilson(successes, n)


def test_it_reads_as_a_sentence_part():
    assert wilson(8061, 10_000).text() == "80.6 % (79.8 to 81.4, 10,000 pictures)"
    assert wilson(1, 1).text() == "100.0 % (20.7 to 100.0, 1 picture)"


@pytest.mark.parametrize(
    ("successes", "n", "text"),
    [
        (1999, 2000, "99.95 % (99.72 to 99.99, 2,000 pictures)"),
        (9996, 10_000, "99.96 % (99.90 to 99.98, 10,000 pictures)"),
        (1, 10_000, "0.010 % (0.002 to 0.057, 10,000 pictures)"),
        (2000, 2000, "100.0 % (99.8 to 100.0, 2,000 pictures)"),
        (0, 2000, "0.0 % (0.0 to 0.2, 2,000 pictures)"),
    ],
)
def test_nothing_is_rounded_to_all_or_to_nothing(successes, n, text):
    assert wilson(successes, n).text() == text


def test_a_share_takes_as_many_digits_as_tell_it_from_the_ends():
    shares = [0.934, 0.9996, 0.00004, 1.0, 0.0, 1.4]

    assert [percent_text(share) for share in shares] == ["93.4", "99.96", "0.004", "100.0", "0.0", "140.0"]
    assert [percent_text(share, 0) for share in shares] == ["93", "99.96", "0.004", "100", "0", "140"]


@pytest.mark.parametrize("share", [wilson(7, 9), wilson(0, 0), wilson(np.int64(7), np.int64(9))])
def test_it_survives_json(share):
    text = json.dumps(share.to_json(), allow_nan=False)

    assert Interval.from_json(json.loads(text)) == share
    assert set(json.loads(text)) == {"value", "low", "high", "n"}


def test_the_estimate_is_the_value_and_of_nothing_there_is_none():
    assert wilson(7, 9).estimate == 7 / 9
    with pytest.raises(ValueError, match="no estimate"):
        wilson(0, 0).estimate  # noqa: B018 - to ask is to fail


@pytest.mark.parametrize(
    ("share", "text"), [(1 - 1e-9, "over 99.9999"), (1e-9, "under 0.0001"), (1.0, "100.0"), (0.0, "0.0")]
)
def test_what_is_not_all_is_never_told_as_100(share, text):
    assert percent_text(share) == text
