"""Curves of deletion and insertion, in closed form."""

from itertools import pairwise, permutations

import numpy as np
import pytest

from mlcore.explanation.judge.curves import amounts, area, curves, exchanged, ranking, together


def order_of(*places):
    """Ranks (2, 3) from the places in the order in which they are exchanged."""
    ranks = np.empty(6, "int64")
    ranks[list(places)] = np.arange(6)
    return ranks.reshape(2, 3)


def test_the_strongest_place_has_rank_0():
    ranks = ranking(np.array([[0.1, 0.9], [-2.0, 0.5]]), np.random.default_rng(0))

    np.testing.assert_array_equal(ranks, [[2, 0], [3, 1]])


def test_of_equal_places_chance_decides_not_the_position():
    rng = np.random.default_rng(0)
    first = [int(ranking(np.zeros((4, 4)), rng).ravel().argmin()) for _ in range(200)]

    assert len(set(first)) == 16  # a place is missed by all 200 with a chance of (15/16)^200 = 2e-6


def test_a_constant_answer_gives_flat_curves_and_its_own_area():
    before, after = np.zeros((4, 4, 3)), np.ones((4, 4, 3))
    ranks = [ranking(np.random.default_rng(seed).random((4, 4)), np.random.default_rng(9)) for seed in range(3)]

    (found,) = curves(lambda batch: np.full(len(batch), 0.7), [(before, after)], ranks, steps=5)

    np.testing.assert_array_equal(found, np.full((3, 6), 0.7))
    np.testing.assert_allclose(area(found, 16, 5), 0.7)


def test_a_linear_score_falls_soonest_in_the_order_of_gradient_times_input():
    rng = np.random.default_rng(3)
    picture, weights = rng.uniform(0, 255, (2, 3, 3)), rng.normal(size=(2, 3, 3))
    own = ranking((picture * weights).sum(axis=-1), rng)
    every = [order_of(*places) for places in permutations(range(6))]

    pairs = [(picture, 0 * picture)]
    (found,) = curves(lambda batch: (batch * weights).sum(axis=(1, 2, 3)), pairs, [own, *every], steps=6)
    areas = area(found, 6, 6)

    assert len(every) == 720
    assert areas[0] == pytest.approx(areas[1:].min())
    assert (areas[1:] > areas[0] + 1e-3).sum() == 719  # and no other order is as good


def test_the_area_is_that_of_a_loop_written_by_hand():
    rng = np.random.default_rng(1)
    before, after = rng.uniform(0, 255, (2, 5, 4, 3)).astype("float32")
    heat, weights = rng.normal(size=(5, 4)), rng.normal(size=(5, 4, 3)) / 1000
    ranks = ranking(heat, rng)

    (found,) = curves(
        lambda batch: np.tanh((batch * weights).sum(axis=(1, 2, 3))), [(before, after)], [ranks], steps=20
    )

    places = sorted(np.ndindex(5, 4), key=lambda place: -heat[place])
    seen, values = before.copy(), [np.tanh((before * weights).sum())]
    for place in places:
        seen[place] = after[place]
        values.append(np.tanh((seen * weights).sum()))
    by_hand = sum((left + right) / 2 / 20 for left, right in pairwise(values))
    np.testing.assert_allclose(found[0], values, rtol=1e-4)
    assert area(found, 20, 20)[0] == pytest.approx(by_hand, rel=1e-4)


def test_insertion_is_deletion_the_other_way_round():
    rng = np.random.default_rng(2)
    one, other, ranks = rng.random((3, 3, 3)), rng.random((3, 3, 3)), rng.permutation(9).reshape(3, 3)

    np.testing.assert_array_equal(
        exchanged(one, other, ranks, np.array([4]))[0], exchanged(other, one, 8 - ranks, np.array([5]))[0]
    )


def test_uneven_steps_weigh_by_how_much_they_exchange():
    counts = amounts(10, 3)

    np.testing.assert_array_equal(counts, [0, 3, 7, 10])
    assert area(counts / 10.0, 10, 3) == pytest.approx(0.5)  # the area under a straight line


def test_a_picture_of_fewer_places_than_steps_exchanges_one_at_a_time():
    np.testing.assert_array_equal(amounts(3, 10), [0, 1, 2, 3])


def test_every_picture_is_asked_for_once_and_few_are_in_memory():
    asked = []

    def values(batch):
        asked.append(len(batch))
        return np.zeros(len(batch))

    ranks = [np.random.default_rng(seed).permutation(64).reshape(8, 8) for seed in range(40)]
    curves(values, [(np.zeros((8, 8, 3)), np.ones((8, 8, 3)))], ranks, steps=10)

    assert sum(asked) == 2 + 40 * 9
    assert max(asked) <= 128


def test_parts_are_joined_in_their_order():
    parts = [np.full(size, size) for size in (2, 3, 9, 1, 1)]

    joined = list(together(parts, most=5))

    assert [len(each) for each in joined] == [5, 9, 2]
    np.testing.assert_array_equal(np.concatenate(joined), np.concatenate(parts))


def test_two_pairs_at_once_give_what_each_gives_alone():
    rng = np.random.default_rng(6)
    one, other, third = rng.random((3, 4, 4, 3))
    ranks = [rng.permutation(16).reshape(4, 4) for _ in range(30)]

    def values(batch):
        return (batch**2).mean(axis=(1, 2, 3))

    pairs = [(one, other), (third, one)]
    np.testing.assert_array_equal(
        curves(values, pairs, ranks, 7), np.concatenate([curves(values, [pair], ranks, 7) for pair in pairs])
    )
