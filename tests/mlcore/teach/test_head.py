"""The answer layer: the same as an independent solver's, honest about what it didn't see, quick."""

import time

import numpy as np
import pytest

from mlcore.teach import head


def blobs(per_class=10, classes=3, spread=1.0, seed=0, width=20):
    random = np.random.default_rng(seed)
    centres = random.normal(0, 1, (classes, width))
    labels = np.repeat(np.arange(classes), per_class)
    return centres[labels] + random.normal(0, spread, (len(labels), width)), labels


@pytest.mark.parametrize("strength", head.STRENGTHS)
@pytest.mark.parametrize("width", [5, 80])
def test_it_solves_what_an_independent_solver_solves(strength, width):
    """Against scikit-learn's L-BFGS on the same objective; wide and narrow features take different ways."""
    linear = pytest.importorskip("sklearn.linear_model")
    features, labels = blobs(width=width, spread=2.0)
    features -= features.mean(axis=0)
    features /= np.linalg.norm(features, axis=1).mean()
    _, places = head._principal(features)
    weights, bias = head._solve(places, labels, np.ones((1, len(labels))), np.array([strength]), 3)

    other = linear.LogisticRegression(C=strength, tol=1e-8, max_iter=5000).fit(features, labels)
    ours = head._softmax(places @ weights[:, 0] + bias[0])
    np.testing.assert_allclose(ours, other.predict_proba(features), atol=2e-3)


def test_problems_solved_together_are_solved_as_if_alone():
    """A problem that doesn't see a picture is the problem without it."""
    features, labels = blobs()
    keep = np.ones(len(labels), bool)
    keep[[1, 12, 25]] = False
    axes, places = head._principal(features)
    masks = np.array([keep, np.ones(len(labels))], float)
    together, _ = head._solve(places, labels, masks, np.array([0.1, 10.0]), 3)
    own_axes, own = head._principal(features[keep])
    alone, _ = head._solve(own, labels[keep], np.ones((1, keep.sum())), np.array([0.1]), 3)

    np.testing.assert_allclose(axes @ together[:, 0], own_axes @ alone[:, 0], atol=5e-3)


def test_what_was_left_out_was_really_left_out():
    """On noise every honest accuracy is a guess: 50 % +- 4 standard errors of 20 draws of 40 pictures."""
    shares = []
    for seed in range(20):
        features, labels = blobs(20, 2, seed=seed, width=60)
        noise = np.random.default_rng(seed + 1000).permutation(labels)
        shares.append(head.fit(features, noise).accuracy.value)

    assert abs(np.mean(shares) - 0.5) < 4 * 0.5 / np.sqrt(20 * 40) * 1.5  # folds share pictures: half as wide again


def test_copies_count_as_one_picture_and_stay_together():
    """Ten copies of each noise picture are known by heart when left out one by one, and guessed when together."""
    features, _ = blobs(10, 2, seed=3, width=60)
    random = np.random.default_rng(3)
    labels = random.permutation(np.repeat([0, 1], 10))
    copied, groups = np.repeat(features, 10, axis=0), np.repeat(np.arange(20), 10)

    assert head.fit(copied, np.repeat(labels, 10)).accuracy.value == 1.0
    honest = head.fit(copied, np.repeat(labels, 10), groups)
    assert honest.accuracy.value < 0.9
    assert honest.accuracy.n == 20


def test_folds_spread_each_class_and_keep_groups_whole():
    labels, groups = np.repeat([0, 1], 30), np.repeat(np.arange(20), 3)
    fold = head.folds(labels, groups, 5, seed=0)

    assert all(len(set(fold[groups == group])) == 1 for group in range(20))
    assert all((np.bincount(fold[labels == label]) == 6).all() for label in (0, 1))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_the_scale_of_the_features_changes_no_answer(scale):
    features, labels = blobs()
    one, other = head.fit(features, labels), head.fit(features * scale + 7 * scale, labels)

    np.testing.assert_allclose(
        head._softmax(other.head.logits(features * scale + 7 * scale)),
        head._softmax(one.head.logits(features)),
        atol=1e-2,
    )


def test_where_every_answer_is_right_certainty_stays_below_what_so_many_pictures_bear():
    features, labels = blobs(5, 2, spread=0.01)
    found = head.fit(features, labels)
    chances = head._softmax(found.head.logits(features)).max(axis=1)

    assert found.accuracy.value == 1.0
    assert 0.8 < chances.mean() < 0.97  # Platt: 1 - 1 / (10 + 2)


def test_forty_pictures_take_a_fraction_of_a_second():
    """CPU time, so that a busy machine doesn't matter; 0.1 s measured, ten times that allowed."""
    features, labels = blobs(20, 2, width=128)
    started = time.process_time()
    head.fit(features, labels)

    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("width", [4, 40])
@pytest.mark.parametrize("value", [0, 7])
def test_features_that_are_all_alike_tell_nothing(width, value):
    """Twelve pictures of two classes, half and half: every answer is even."""
    features, labels = np.full((12, width), value, "float32"), np.arange(12) % 2

    np.testing.assert_allclose(head.out_of_fold(features, labels, np.arange(12)), 0.5, atol=0.11)
    np.testing.assert_allclose(np.ptp(head.fit(features, labels).head.logits(features), axis=1), 0, atol=1e-3)
