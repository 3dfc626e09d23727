"""Intervals hold what they promise."""

import numpy as np
import pytest

from mlcore.explanation.judge import spread


@pytest.mark.parametrize(
    ("degrees", "bound"), [(1, 12.7062), (2, 4.30265), (9, 2.26216), (38, 2.02439), (499, 1.96473)]
)
def test_students_bounds_are_those_of_the_tables(degrees, bound):
    assert spread.student(degrees) == pytest.approx(bound, rel=1e-4)


def test_the_interval_of_a_mean_by_hand():
    found = spread.of_mean([1.0, 2.0, 3.0, 6.0])

    assert found.value == 3
    assert found.high - 3 == pytest.approx(3.18245 * np.std([1, 2, 3, 6], ddof=1) / 2, rel=1e-4)
    assert 3 - found.low == pytest.approx(found.high - 3)
    assert found.n == 4


def test_one_value_has_no_spread_and_none_has_no_mean():
    assert (spread.of_mean([0.3]).low, spread.of_mean([0.3]).high) == (0.3, 0.3)
    assert (spread.of_mean([]).value, spread.of_mean([]).n) == (None, 0)


def test_the_mean_lies_in_19_of_20_intervals():
    rng = np.random.default_rng(0)
    held = [found.low <= 0 <= found.high for found in (spread.of_mean(rng.normal(size=8)) for _ in range(2000))]

    # 2,000 draws of a share of 0.95 spread by 0.005; four of that are 0.02.
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("draw", ["normal", "exponential", "uniform"])
def test_one_more_draw_lies_within_the_bounds_of_39_in_19_of_20_cases_whatever_their_distribution(draw):
    rng = np.random.default_rng(1)
    samples = getattr(rng, draw)(size=(2000, 40))
    held = [found.low <= row[-1] <= found.high for row in samples for found in [spread.of_one_more(row[:-1])]]

    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_more_draws_leave_the_outermost_aside():
    assert (spread.of_one_more(range(39)).low, spread.of_one_more(range(39)).high) == (0, 38)
    assert (spread.of_one_more(range(79)).low, spread.of_one_more(range(79)).high) == (1, 77)


def test_fishers_interval_holds_the_correlation_in_19_of_20_cases():
    rng, truth = np.random.default_rng(2), 0.6
    one = rng.normal(size=(2000, 30))
    other = truth * one + np.sqrt(1 - truth**2) * rng.normal(size=one.shape)
    found = [spread.of_correlation(np.corrcoef(a, b)[0, 1], 30) for a, b in zip(one, other, strict=True)]

    assert np.mean([each.low <= truth <= each.high for each in found]) == pytest.approx(0.95, abs=0.02)


def test_a_perfect_correlation_lies_within_its_own_bounds():
    found = spread.of_correlation(1.0, 50)

    assert found.low <= found.value == found.high == 1.0
