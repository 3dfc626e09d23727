"""The truth is among the classes named nine times in ten, exactly as often as so few pictures can promise."""

import numpy as np
import pytest

from mlcore.evaluation.certainty import measured
from mlcore.evaluation.prediction_sets import fit_cut


def chances(count, seed=0, classes=5):
    """Probabilities (N, K) and classes drawn from them."""
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet(np.full(classes, 0.5), count)
    labels = (probabilities.cumsum(axis=1) < random.random((count, 1))).sum(axis=1)
    return probabilities, np.minimum(labels, classes - 1)


@pytest.mark.parametrize(("count", "rank"), [(9, 1), (18, 1), (19, 2), (99, 10), (100, 10), (999, 100)])
def test_the_cut_is_the_finite_sample_quantile(count, rank):
    """The k-th smallest, k = floor((n + 1) / 10): one of 9, ten of 99."""
    truth = np.random.default_rng(0).permutation(np.arange(1, count + 1)) / (count + 1)

    assert fit_cut(np.stack([truth, 1 - truth], axis=1), np.zeros(count, int)) == pytest.approx(rank / (count + 1))


@pytest.mark.parametrize("count", [0, 1, 8])
def test_eight_pictures_cannot_promise_nine_in_ten(count):
    assert fit_cut(np.full((count, 2), 0.5), np.zeros(count, int)) is None


@pytest.mark.parametrize("count", [9, 25, 100])
def test_the_promise_holds_over_draws(count):
    """Coverage of new pictures over draws is Beta(n + 1 - k, k): its mean within 4 standard errors of 400 draws."""
    k = (count + 1) // 10
    mean, spread = (count + 1 - k) / (count + 1), np.sqrt((count + 1 - k) * k / (count + 1) ** 2 / (count + 2))
    new, labels = chances(4000, seed=99)
    truth = new[np.arange(4000), labels]
    covered = [(truth >= fit_cut(*chances(count, seed=[1, draw]))).mean() for draw in range(400)]

    assert mean >= 0.9
    assert np.mean(covered) == pytest.approx(
        mean, abs=4 * spread / 20 + 0.01
    )  # 0.01: 4,000 new pictures are a sample, too


def test_a_sure_answer_names_one_class_and_others_all_above_the_cut():
    probabilities = np.array([[0.95, 0.04, 0.01], [0.5, 0.3, 0.2], [0.4, 0.35, 0.25]])

    worth = measured(probabilities, np.array([0, 2, 1]), 0.9, 0.25, "test")

    assert (worth.sets.share.value, worth.sets.size) == (pytest.approx(2 / 3), pytest.approx((1 + 2 + 3) / 3))
    assert (worth.unsure_sets.share.n, worth.unsure_sets.share.value, worth.unsure_sets.size) == (2, 0.5, 2.5)


def test_the_likeliest_class_is_always_named():
    worth = measured(np.array([[0.4, 0.3, 0.3]]), np.array([0]), 0.9, 0.8, "test")

    assert (worth.sets.share.value, worth.sets.size) == (1.0, 1.0)


def test_without_a_cut_there_are_no_sets():
    worth = measured(*chances(50), 0.9, None, "test")

    assert (worth.sets, worth.unsure_sets) == (None, None)
