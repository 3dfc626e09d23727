"""Least squares part by part: what NumPy's gives for all equations at once, in less memory."""

import tracemalloc

import numpy as np
import pytest

from mlcore.explanation.toolkit import regression
from mlcore.explanation.toolkit.regression import least_squares


def equations(count: int, unknowns: int, rank: int | None = None) -> np.ndarray:
    rng = np.random.default_rng(0)
    coefficients = rng.normal(size=(count, unknowns))
    coefficients[:, rank:] = 0 if rank else coefficients[:, rank:]
    return np.column_stack([coefficients, rng.normal(size=count)])


@pytest.mark.parametrize(("count", "rank"), [(1000, None), (1000, 5), (7, None), (1, None)])
def test_it_is_the_solution_of_all_at_once_the_smallest_where_there_are_many(monkeypatch, count, rank):
    monkeypatch.setattr(regression, "AT_ONCE", 64)
    rows = equations(count, 20, rank)

    expected = np.linalg.lstsq(rows[:, :-1], rows[:, -1])[0]
    np.testing.assert_allclose(least_squares(rows.__getitem__, count), expected, atol=1e-10)


def test_a_part_at_a_time_is_in_memory():
    part = equations(regression.AT_ONCE, 10)
    tracemalloc.start()
    least_squares(lambda asked: part[: asked.stop - asked.start], 20 * regression.AT_ONCE)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert most < 8 * part.nbytes  # of 20 parts


def test_it_can_be_called_off():
    def stop(share, text=""):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        least_squares(equations(10, 3).__getitem__, 10, stop)
