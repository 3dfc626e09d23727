"""Curves stay small, and what comes from outside stays text."""

import numpy as np

from pages.parts import charts


def test_a_long_curve_keeps_500_points_its_first_and_its_last():
    x, y = charts.thin(range(5000), np.linspace(3, 1, 5000))

    assert (len(x), x[0], x[-1], y[0], y[-1]) == (500, 0, 4999, 3, 1)
    assert x.dtype == y.dtype == np.float32


def test_a_short_curve_stays_whole():
    x, y = charts.thin([1, 2, 3], [0.5, 0.25, 0.125])

    np.testing.assert_array_equal(x, [1, 2, 3])
    np.testing.assert_array_equal(y, np.float32([0.5, 0.25, 0.125]))
