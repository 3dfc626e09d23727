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


def test_the_label_of_a_long_bar_stands_within_it_where_the_edge_of_the_chart_cannot_cut_it(monkeypatch):
    drawn = []
    monkeypatch.setattr(charts, "show", lambda figure, key, alt: drawn.append(figure))
    charts.bars(["horse", "dog"], [0.99996, 0.00004], "one")
    charts.shift(["horse", "dog"], [0.99996, 0.00004], [0.3, 0.7], "two")

    found = [(bar.text, bar.textposition) for figure in drawn for bar in figure.data]
    sure = (("over 99.9\u00a0%", "under 0.1\u00a0%"), ("inside", "outside"))
    assert found == [sure, sure, (("30.0\u00a0%", "70.0\u00a0%"), ("outside", "inside"))]
