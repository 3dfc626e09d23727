"""Missing test and validation sets are taken fairly from the training pictures."""

import numpy as np
import pytest

from mlcore.data.splits import TEST, TRAIN, VAL, by_lot, by_own_hash, carve, commonest, conflicting, folds, together


def alone(count):
    return np.arange(count)


def all_train(count):
    return np.zeros(count, "uint8")


def carved(labels, given, groups, seed=0):
    return carve(labels, given, groups, by_lot(groups, seed))


def hashes(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 16), "uint8")


def sizes(splits):
    return np.bincount(splits, minlength=3).tolist()


def test_a_tenth_goes_to_test_then_a_tenth_of_the_rest_to_val():
    labels = np.repeat(np.arange(10), 100)

    splits = carved(labels, all_train(1000), alone(1000))

    assert sizes(splits) == [810, 90, 100]
    assert {tuple(sizes(splits[labels == label])) for label in range(10)} == {(81, 9, 10)}


def test_the_shares_are_capped():
    labels = np.repeat(np.arange(7), 10_000)

    assert sizes(carved(labels, all_train(70_000), alone(70_000))) == [62_500, 2500, 5000]


def test_unequal_classes_give_in_proportion_and_exactly_the_share():
    labels = np.repeat([0, 1, 2], [333, 77, 590])

    splits = carved(labels, all_train(1000), alone(1000))

    taken = np.bincount(labels[splits == TEST])
    assert taken.sum() == 100
    assert abs(taken - np.array([33.3, 7.7, 59.0])).max() < 1


@pytest.mark.parametrize(("size", "expected"), [(1, [1, 0, 0]), (2, [1, 0, 1]), (3, [1, 1, 1]), (4, [2, 1, 1])])
def test_a_tiny_class_keeps_a_training_picture(size, expected):
    labels = np.repeat([0, 1], [50, size])

    splits = carved(labels, all_train(50 + size), alone(50 + size))

    assert sizes(splits[labels == 1]) == expected


def test_given_splits_stay_and_only_the_missing_one_is_taken_from_train():
    labels = np.tile([0, 1], 100)
    given = np.repeat([TRAIN, TEST], [150, 50]).astype("uint8")

    splits = carved(labels, given, alone(200))

    assert sizes(splits) == [135, 15, 50]
    assert (splits[given == TEST] == TEST).all()


def test_nothing_is_taken_when_all_three_are_given():
    given = np.array([TRAIN, TRAIN, VAL, TEST], "uint8")

    np.testing.assert_array_equal(carved(np.array([0, 1, 0, 1]), given, alone(4)), given)


def test_without_training_pictures_nothing_can_be_taken():
    given = np.full(4, TEST, "uint8")

    np.testing.assert_array_equal(carved(np.array([0, 1, 0, 1]), given, alone(4)), given)


def test_the_seed_chooses_the_pictures():
    labels = np.tile([0, 1], 100)

    first, same, other = (carved(labels, all_train(200), alone(200), seed) for seed in (1, 1, 2))

    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


def test_the_order_of_the_pictures_doesnt_matter():
    labels, groups = np.tile([0, 1], 100), alone(200)
    order = np.random.default_rng(0).permutation(200)

    expected = carved(labels, all_train(200), groups)[order]
    np.testing.assert_array_equal(carved(labels[order], all_train(200), groups[order]), expected)


def test_a_picture_keeps_its_side_when_others_come():
    """One more picture of a class moves one of that class at the most over each of the two edges; 200 tries."""
    labels, look = np.tile([0, 1], 60), hashes(120)
    before = carve(labels, all_train(120), alone(120), by_own_hash(look))

    for newcomer in hashes(200, seed=1):
        draw = by_own_hash(np.concatenate([look, newcomer[None]]))
        after = carve(np.append(labels, 0), all_train(121), alone(121), draw)[:120]
        moved = before != after
        assert moved[labels == 0].sum() <= 2
        assert moved[labels == 1].sum() <= 2


def test_equal_pictures_have_one_place_in_the_draw_and_the_seed_decides_it():
    look = hashes(50)

    draw = by_own_hash(np.concatenate([look, look[:10]]))

    np.testing.assert_array_equal(draw[50:], draw[:10])
    assert len(set(draw)) == 50
    assert (by_own_hash(look, seed=1) != by_own_hash(look)).any()


@pytest.mark.parametrize("seed", range(5))
def test_copies_stay_together(seed):
    groups = np.random.default_rng(seed).integers(0, 60, 200)
    labels = groups % 2

    splits = carved(labels, all_train(200), groups, seed)

    assert all(len(set(splits[groups == group])) == 1 for group in np.unique(groups))
    assert min(sizes(splits)) > 0


def test_copies_that_disagree_on_the_class_stay_in_train():
    labels = np.tile([0, 1], 50)
    groups = np.arange(100) // 2  # every picture stands once in each class
    groups[10:] = np.arange(10, 100)  # all but the first ten are alone

    splits = carved(labels, all_train(100), groups)

    assert (splits[:10] == TRAIN).all()
    assert (splits == TEST).sum() == 10


def test_a_class_of_nothing_but_copies_stays_whole():
    labels, groups = np.repeat([0, 1], [20, 5]), np.concatenate([np.arange(20), np.full(5, 20)])

    splits = carved(labels, all_train(25), groups)

    assert sizes(splits[labels == 1]) == [5, 0, 0]


def test_conflicting_marks_every_picture_of_a_disputed_group():
    marked = conflicting(np.array([0, 1, 0, 0, 1]), np.array([0, 0, 1, 1, 2]))

    assert marked.tolist() == [True, True, False, False, False]


def test_a_group_of_several_classes_stays_whole_and_counts_for_the_commoner_one():
    labels = np.tile([0, 1, 1], 100)
    groups = np.arange(300) // 3

    splits = carve(labels, all_train(300), groups, by_lot(groups), np.zeros(300, bool))

    assert all(len(set(splits[groups == group])) == 1 for group in range(100))
    assert sizes(splits) == [243, 27, 30]
    assert (commonest(labels, groups) == 1).all()


def test_what_is_disputed_stays_in_train_with_its_group():
    groups, disputed = np.arange(200) // 4, np.zeros(200, bool)
    disputed[:100:4] = True

    splits = carve(np.tile([0, 1], 100), all_train(200), groups, by_lot(groups), disputed)

    assert (splits[:100] == TRAIN).all()
    assert (splits != TRAIN).any()


def test_a_group_larger_than_the_share_isnt_taken_where_smaller_ones_are():
    labels = np.zeros(100, int)
    groups = np.concatenate([np.zeros(40, int), np.arange(1, 61)])

    for seed in range(20):
        splits = carved(labels, all_train(100), groups, seed)
        assert (splits[:40] == TRAIN).all()
        assert sizes(splits) == [81, 9, 10]


def test_one_more_picture_moves_no_more_than_one_group_over_each_edge():
    """60 groups of three; the newcomer is of none of them. 100 tries."""
    labels, groups, look = np.zeros(180, int), np.arange(180) // 3, hashes(180)
    before = carve(labels, all_train(180), groups, by_own_hash(look))

    for newcomer in hashes(100, seed=1):
        draw = by_own_hash(np.concatenate([look, newcomer[None]]))
        after = carve(np.append(labels, 0), all_train(181), np.append(groups, 60), draw)[:180]
        assert len(set(groups[before != after])) <= 2


@pytest.mark.parametrize("seed", range(3))
def test_folds_keep_groups_whole_and_classes_even(seed):
    groups = np.random.default_rng(seed).integers(0, 90, 300)
    labels = groups % 3

    fold = folds(labels, groups, by_lot(groups, seed), 5)

    counts = np.array([[len(set(groups[(fold == k) & (labels == c)])) for c in range(3)] for k in range(5)])
    assert all(len(set(fold[groups == group])) == 1 for group in np.unique(groups))
    assert (counts.max(axis=0) - counts.min(axis=0) <= 1).all()


def test_groupings_join_by_way_of_others():
    joined = together(np.array([0, 0, 1, 2, 3, 4]), np.array([5, 6, 6, 7, 8, 7]))

    assert [set(np.flatnonzero(joined == number)) for number in np.unique(joined)] == [{0, 1, 2}, {3, 5}, {4}]
