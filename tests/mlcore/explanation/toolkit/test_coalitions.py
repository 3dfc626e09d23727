"""Coalitions for Shapley values."""

from math import comb

import numpy as np
import pytest

from mlcore.explanation.toolkit.coalitions import all_of, chosen


def drawn(players, budget, seed=0):
    return chosen(players, budget, np.random.default_rng(seed))


@pytest.mark.parametrize("players", range(2, 13))
def test_a_large_budget_gives_every_coalition_once_with_the_weight_of_the_shapley_kernel(players):
    found = drawn(players, 10**6)

    sizes = found.present.sum(axis=1)
    assert len(found.present) == len(np.unique(found.present, axis=0)) == all_of(players)
    assert found.enumerated == players - 1
    kernel = [(players - 1) / (comb(players, size) * size * (players - size)) for size in sizes]  # theorem 2
    np.testing.assert_allclose(found.weights, kernel)


@pytest.mark.parametrize("players", [5, 12, 25, 26, 199, 200])
@pytest.mark.parametrize("budget", [2, 3, 50, 1000])
def test_a_small_budget_is_kept_and_no_weight_is_lost(players, budget):
    found = drawn(players, budget)

    sizes = found.present.sum(axis=1)
    assert len(found.present) <= budget
    assert len(found.present) >= min(budget - 1, all_of(players))
    assert ((sizes > 0) & (sizes < players)).all()
    whole = sum((players - 1) / (size * (players - size)) for size in range(1, players))
    assert found.weights.sum() == pytest.approx(whole)


@pytest.mark.parametrize(("budget", "outer"), [(100, 1), (1000, 2), (2000, 3), (4000, 5), (4094, 6)])
def test_sizes_are_enumerated_from_the_outside_in(budget, outer):
    found = drawn(12, budget)
    sizes = found.present.sum(axis=1)
    complete = {size for size in range(1, 12) if (sizes == size).sum() == comb(12, size)}

    assert complete == {size for size in range(1, 12) if min(size, 12 - size) <= outer}
    assert found.enumerated == len(complete)
    assert len(np.unique(found.present, axis=0)) == len(found.present)


@pytest.mark.parametrize("players", [4, 25])
def test_every_coalition_comes_with_its_complement(players):
    found = drawn(players, 200)
    half = len(found.present) // 2

    np.testing.assert_array_equal(found.present[half:], ~found.present[:half])
    np.testing.assert_array_equal(found.weights[half:], found.weights[:half])


def test_drawn_sizes_follow_the_weights_of_their_sizes():
    """1,000 draws of 40 players, spread evenly: each size is within one pair of its share."""
    found = drawn(40, 1000)
    sizes = np.minimum(found.present.sum(axis=1), 40 - found.present.sum(axis=1))[:500]
    done = found.enumerated // 2
    shares = np.array([(1 if size == 20 else 2) / (size * (40 - size)) for size in range(done + 1, 21)])
    counts = np.bincount(sizes, minlength=21)[done + 1 :]

    np.testing.assert_allclose(counts, shares / shares.sum() * counts.sum(), atol=1)


def test_every_player_is_drawn_about_equally_often():
    """20,000 coalitions of 30 players: a share of one half has a standard error of 0.0035; four of them."""
    found = drawn(30, 20_000)

    np.testing.assert_allclose(np.average(found.present, axis=0, weights=found.weights), 0.5, atol=1e-9)  # complements
    sampled = found.present[: len(found.present) // 2][-5000:]
    per_size = sampled.mean(axis=0) - sampled.mean()
    assert np.abs(per_size).max() < 4 * 0.5 / np.sqrt(5000)


@pytest.mark.parametrize("players", [0, 1])
def test_one_player_has_no_coalition_to_try(players):
    assert drawn(max(players, 1), 100).present.shape == (0, 1)


def test_the_seed_decides_the_draws():
    first, same, other = (drawn(25, 500, seed).present for seed in (0, 0, 1))

    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)
