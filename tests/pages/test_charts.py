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


def test_a_chart_without_points_runs_from_0_to_1_and_to_the_end_that_is_planned():
    figure, _, alt = charts.curve_figure({"Accuracy": ([], [])}, "Epochs", "Accuracy", "key", True, 10)

    assert (tuple(figure.layout.xaxis.range), tuple(figure.layout.yaxis.range)) == ((0, 10.2), (0, 1))
    assert alt.endswith("no points yet.")


def test_an_axis_of_shares_never_reaches_beyond_them():
    figure, _, alt = charts.curve_figure({"One": ([1, 2], [0.5, 0.9996])}, "Epochs", "Accuracy", "key", True)
    bounds = figure.layout.yaxis.autorangeoptions

    assert (bounds.minallowed, bounds.maxallowed, figure.layout.yaxis.range) == (0, 1, None)
    assert "One ends at 99.96\u00a0%" in alt


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours such as #93C5FD."""

    def luminance(colour: str) -> float:
        levels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
        linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_in_a_confusion_table_mistakes_are_seen_and_zeros_are_empty():
    right, wrong = charts._cells_of(np.array([[8, 2, 0], [0, 10, 0], [1, 0, 9]]))

    np.testing.assert_allclose(np.diag(right.z), [0.8, 1.0, 0.9], rtol=1e-6)
    assert np.isfinite(wrong.z).tolist() == [[False, True, False], [False] * 3, [True, False, False]]
    assert wrong.text.tolist() == [["", "2", ""], ["", "", ""], ["1", "", ""]]  # each number once
    assert (wrong.zmax, right.showscale, wrong.showscale) == (np.float32(0.2), False, False)


def test_the_faintest_mistake_is_louder_than_nothing_on_white_and_on_dark():
    for page in ("#FFFFFF", "#0F172A"):
        assert min(contrast(colour, page) for _, colour in charts.WRONG) > 1.6
