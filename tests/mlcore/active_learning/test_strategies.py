"""Which pictures to label next: answers known in closed form, and an exam that every strategy takes."""

import numpy as np
import pytest

from mlcore.active_learning import Pool, points_of, strategies
from mlcore.active_learning.distances import farthest_first, from_row, k_means, nearest, plus_plus, squared

RANDOM = np.random.default_rng(3)
BLOBS = np.repeat(np.eye(4, 8, dtype="float32"), [4, 30, 20, 10], axis=0)  # four kinds of pictures, of differing size
POINTS = points_of(BLOBS + 0.01 * RANDOM.normal(size=BLOBS.shape))
KIND = np.repeat(np.arange(4), [4, 30, 20, 10])


def pool(labelled=(), logits=None, points=POINTS, groups=None) -> Pool:
    mask = np.isin(np.arange(len(points)), labelled)
    return Pool(points, mask, np.arange(len(points)) if groups is None else groups, logits)


def choose(name: str, of: Pool, count: int, seed: int = 0) -> np.ndarray:
    entry = strategies.get(name)
    return entry.run(entry.settings(), of, count, np.random.default_rng(seed))


def scores(*rows: tuple[float, ...]) -> np.ndarray:
    """Logits of these probabilities."""
    return np.log(np.array(rows))


@pytest.mark.parametrize("name", strategies.names())
def test_each_asks_for_as_many_different_unlabelled_pictures_as_it_is_told_the_same_ones_for_a_seed(name):
    of = pool(labelled=[0, 10, 50], logits=np.random.default_rng(0).normal(size=(len(POINTS), 3)))

    chosen = choose(name, of, 12)

    assert len(set(chosen.tolist())) == len(chosen) == 12
    assert not set(chosen.tolist()) & {0, 10, 50}
    np.testing.assert_array_equal(chosen, choose(name, of, 12))


@pytest.mark.parametrize("name", strategies.names())
def test_near_copies_count_as_one_picture_for_each(name):
    groups = np.arange(len(POINTS)) // 4  # four copies of each picture
    of = pool(labelled=[1], logits=np.random.default_rng(0).normal(size=(len(POINTS), 3)), groups=groups)

    chosen = choose(name, of, 8)

    assert len(set(groups[chosen].tolist())) == len(chosen)
    assert 0 not in groups[chosen]  # a copy of that is labelled


@pytest.mark.parametrize("name", strategies.names())
def test_where_fewer_are_left_than_asked_for_those_are_given(name):
    of = pool(labelled=np.arange(2, len(POINTS)), logits=np.random.default_rng(0).normal(size=(len(POINTS), 3)))

    assert set(choose(name, of, 5).tolist()) <= {0, 1}


def test_margin_and_entropy_differ_where_three_classes_are_near_each_other():
    logits = scores((0.5, 0.49, 0.01), (0.38, 0.31, 0.31), (0.9, 0.05, 0.05))
    of = pool(logits=logits, points=POINTS[:3])

    assert choose("margin", of, 3).tolist() == [0, 1, 2]  # leads of 0.01, 0.07, 0.85
    assert choose("entropy", of, 3).tolist() == [1, 0, 2]  # 1.09, 0.74, 0.39 nats


def test_diverse_margin_takes_no_second_picture_of_a_kind_while_there_is_another():
    logits = np.zeros((len(POINTS), 2))  # all equally unsure

    chosen = strategies.get("diverse-margin").run(
        strategies.get("diverse-margin").settings(wider=100), pool(logits=logits), 4, RANDOM
    )

    assert sorted(KIND[chosen]) == [0, 1, 2, 3]


def test_k_centre_goes_to_the_kinds_that_have_no_label():
    assert sorted(KIND[choose("k-centre", pool(labelled=[0]), 3)]) == [1, 2, 3]


def test_typical_begins_with_the_largest_kind_and_leaves_out_what_is_labelled():
    assert KIND[choose("typical", pool(), 4)].tolist() == [1, 2, 3, 0]
    assert KIND[choose("typical", pool(labelled=[4]), 3)].tolist() == [2, 3, 0]


def test_badge_draws_what_is_unsure_and_of_all_certain_answers_at_most_one():
    logits = np.tile([0.0, 1000.0], (len(POINTS), 1))
    logits[[5, 40]] = 0

    chosen = set(choose("badge", pool(logits=logits), 10).tolist())

    assert {5, 40} <= chosen  # the others have no gradient, so they all lie on one spot
    assert len(chosen) <= 3


def test_squared_distances_are_those_of_the_definition():
    one, other = RANDOM.normal(size=(5, 7)), RANDOM.normal(size=(3, 7))

    np.testing.assert_allclose(squared(one, other), ((one[:, None] - other) ** 2).sum(axis=2), atol=1e-12)


def test_farthest_first_on_a_line():
    line = np.array([[0.0], [1.0], [10.0], [4.0]])

    assert farthest_first(from_row(line), np.full(4, np.inf), 4).tolist() == [0, 2, 3, 1]


def test_plus_plus_never_draws_what_lies_on_a_drawn_point():
    twice = np.repeat(np.eye(3), 2, axis=0)

    drawn = plus_plus(from_row(twice), np.ones(6), 6, RANDOM)

    assert sorted(twice[drawn].argmax(axis=1)) == [0, 1, 2]


def test_k_means_finds_kinds_that_lie_far_apart():
    cluster, far = k_means(POINTS, 4, np.random.default_rng(0))

    assert len(set(zip(cluster.tolist(), KIND.tolist(), strict=True))) == 4
    assert far.max() < 0.05


def test_nearest_centre():
    assert nearest(np.array([[0.0], [9.0]]), np.array([[1.0], [10.0]]))[0].tolist() == [0, 1]


@pytest.mark.parametrize("count", [50, 150])  # fewer and more than features
def test_points_keep_the_main_axes_at_length_one(count):
    features = RANDOM.normal(size=(count, 100)) * np.r_[np.full(3, 100), np.full(97, 0.01)]

    points = points_of(features, axes=3)

    assert points.shape == (count, 3)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, rtol=1e-5)
    centred = features - features.mean(axis=0)
    whole = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    np.testing.assert_allclose(points @ points.T, whole @ whole.T, atol=0.01)


def test_pictures_that_are_all_alike_lie_in_the_middle():
    assert not points_of(np.ones((4, 5))).any()
