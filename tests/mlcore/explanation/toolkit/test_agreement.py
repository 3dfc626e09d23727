"""How alike two maps are."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from mlcore.explanation.toolkit.agreement import rank_correlation


@pytest.mark.parametrize("ties", [False, True])
def test_it_agrees_with_scipy(ties):
    rng = np.random.default_rng(0)
    one = rng.normal(size=(9, 7))
    other = one + rng.normal(size=(9, 7))
    one, other = (one.round(), other.round()) if ties else (one, other)

    assert rank_correlation(one, other) == pytest.approx(spearmanr(one.ravel(), other.ravel()).statistic)


def test_only_the_order_counts():
    heat = np.random.default_rng(0).normal(size=(5, 5))

    assert rank_correlation(heat, np.exp(heat)) == pytest.approx(1)
    assert rank_correlation(heat, -heat) == pytest.approx(-1)


def test_maps_without_differences():
    assert rank_correlation(np.zeros((3, 3)), np.ones((3, 3))) == 1
    assert rank_correlation(np.zeros((3, 3)), np.arange(9).reshape(3, 3)) == 0
