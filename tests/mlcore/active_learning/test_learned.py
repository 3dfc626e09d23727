"""What labels teach: whose answers are known beforehand, and whose probabilities are."""

import numpy as np

from mlcore.active_learning import UNLABELLED, guesses, learn

EACH = np.arange  # groups: no picture is a near copy of another


def blobs(counts: list[int], spread: float = 0.05, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    truth = np.repeat(np.arange(len(counts)), counts)
    noise = np.random.default_rng(seed).normal(size=(len(truth), 8))
    return (np.eye(8)[truth] + spread * noise).astype("float32"), truth


def labels_of(truth: np.ndarray, rows) -> np.ndarray:
    return np.where(np.isin(np.arange(len(truth)), rows), truth, UNLABELLED)


def test_nothing_is_learned_of_a_single_class_or_of_single_pictures():
    features, truth = blobs([10, 10])

    assert learn(features, labels_of(truth, []), EACH(20)) is None
    assert learn(features, labels_of(truth, [0, 1, 2]), EACH(20)) is None
    assert learn(features, labels_of(truth, [0, 1, 10]), EACH(20)) is None
    assert learn(features, labels_of(truth, [0, 1, 10, 11]), np.r_[EACH(10), np.full(10, 10)]) is None  # copies


def test_what_lies_apart_is_told_apart_and_the_labelled_are_not_guessed_at():
    features, truth = blobs([20, 20, 20])
    labels = labels_of(truth, [0, 1, 20, 21, 40, 41])

    guessed = guesses(learn(features, labels, EACH(60)), labels)

    assert sorted(guessed.rows) == sorted(set(range(60)) - {0, 1, 20, 21, 40, 41})
    np.testing.assert_array_equal(guessed.classes, truth[guessed.rows])
    np.testing.assert_array_equal(guessed.of(1).classes, 1)
    assert (np.diff(guessed.of(1).probabilities) <= 0).all()


def test_a_class_with_too_few_pictures_is_not_guessed_at_and_the_others_keep_their_numbers():
    features, truth = blobs([20, 20, 20])
    labels = labels_of(truth, [0, 20, 21, 40, 41])

    learned = learn(features, labels, EACH(60))

    assert learned.classes.tolist() == [1, 2]
    assert set(guesses(learned, labels).classes) == {1, 2}


def test_a_probability_is_the_share_that_is_right():
    """Two normal classes whose Bayes answer is right in 84 % of all cases (Phi(1)): 4,000 guesses of a head that saw
    400 pictures. The share of right ones has a standard error of 0.6 points, calibration on 400 one of 1.8."""
    random = np.random.default_rng(5)
    truth = random.integers(0, 2, 4400)
    features = random.normal(size=(4400, 4)) + np.where(truth == 1, 1.0, -1.0)[:, None] * np.r_[1, 0, 0, 0]
    labels = labels_of(truth, np.arange(400))

    guessed = guesses(learn(features, labels, EACH(4400)), labels)
    right = guessed.classes == truth[guessed.rows]

    assert abs(right.mean() - 0.841) < 0.02
    assert abs(right.mean() - guessed.probabilities.mean()) < 0.055
    sure = guessed.at_least(0.95)
    assert abs(right[guessed.probabilities >= 0.95].mean() - sure.probabilities.mean()) < 0.03


def test_guesses_of_a_page():
    features, truth = blobs([30, 30])
    labels = labels_of(truth, [0, 1, 30, 31])
    guessed = guesses(learn(features, labels, EACH(60)), labels)

    assert len(guessed.of(0)) == 28
    assert len(guessed.of(0).first(5)) == 5
    assert len(guessed.at_least(1.01)) == 0
