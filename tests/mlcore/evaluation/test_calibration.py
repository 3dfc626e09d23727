"""Do 80 % sure answers come true 80 times in 100?"""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax as scipy_log_softmax

from mlcore.evaluation import calibration
from mlcore.intervals import wilson


@pytest.fixture
def overconfident():
    """2,000 answers for 4 classes whose logits are three times too large."""
    rng = np.random.default_rng(0)
    honest = rng.normal(0, 1.5, (2000, 4))
    labels = (honest + rng.gumbel(size=honest.shape)).argmax(axis=1)  # Gumbel noise draws from the softmax
    return (3 * honest).astype("float32"), labels


def two_classes(margin, right, wrong):
    """Logits that prefer class 0 by a margin; it is the truth `right` times of right + wrong."""
    logits = np.tile([margin, 0.0], (right + wrong, 1))
    return logits, np.array([0] * right + [1] * wrong)


@pytest.mark.parametrize(("margin", "right", "wrong"), [(4.0, 8, 2), (1.0, 9, 1), (0.5, 60, 40), (2.0, 30, 0)])
def test_the_temperature_is_where_the_slope_of_loss_and_prior_is_zero(margin, right, wrong):
    """Two classes and one margin m: right m (1 - s) - wrong m s = PRIOR (1 - T), s the chance told, in closed form."""
    logits, labels = two_classes(margin, right, wrong)

    temperature = calibration.fit_temperature(logits, labels)

    chance = 1 / (1 + np.exp(-margin / temperature))
    pull = right * margin * (1 - chance) - wrong * margin * chance
    assert pull == pytest.approx(calibration.PRIOR * (1 - temperature), abs=1e-6)


@pytest.mark.parametrize(("margin", "right", "wrong"), [(4.0, 8, 2), (1.0, 9, 1), (0.5, 60, 40)])
def test_with_many_pictures_one_confidence_is_brought_to_the_share_that_is_right(margin, right, wrong):
    logits, labels = two_classes(margin, 2000 * right, 2000 * wrong)

    temperature = calibration.fit_temperature(logits, labels)

    assert temperature == pytest.approx(margin / np.log(right / wrong), rel=0.03)  # what is left of the prior


def test_with_few_pictures_the_temperature_is_drawn_to_one():
    """Eight of ten right at a margin of 4 asks for 2.89; ten pictures give part of it, a hundred more."""
    few, more, many = (calibration.fit_temperature(*two_classes(4.0, 8 * n, 2 * n)) for n in (1, 10, 1000))

    assert 1 < few < more < many < 4 / np.log(4)


def test_where_no_answer_is_wrong_confidence_grows_with_the_pictures_and_stays_bounded():
    """Thirty of thirty at a margin of 2: Platt's softened truth, 31 of 32, would give 2 / ln 31 = 0.582."""
    thirty = calibration.fit_temperature(*two_classes(2.0, 30, 0))
    three_hundred = calibration.fit_temperature(*two_classes(2.0, 300, 0))

    assert 0.582 < thirty < 1
    assert 2 / np.log(301) < three_hundred < thirty


def test_the_temperature_agrees_with_a_general_minimiser(overconfident):
    logits, labels = overconfident

    def objective(log_t):
        of_truth = scipy_log_softmax(logits / np.exp(log_t), axis=1)[np.arange(len(labels)), labels]
        return -of_truth.sum() + calibration.PRIOR * (np.exp(-log_t) - 1 + log_t)

    judge = minimize_scalar(objective, bounds=(-3, 3), method="bounded", options={"xatol": 1e-8})

    temperature = calibration.fit_temperature(logits, labels)

    assert temperature == pytest.approx(np.exp(judge.x), rel=1e-5)
    assert temperature == pytest.approx(3.0, rel=0.1)  # what the data were made with; 2,000 answers


def test_on_average_no_temperature_is_worse_than_none():
    """Redrawn sets of 20, from answers twice as confident as they should be: 200 draws, seed 0; the loss of all others.

    The gain is 0.08 nats on average with a spread of 0.06 from draw to draw, so its mean is known to 0.004.
    """
    random = np.random.default_rng(0)
    honest = random.normal(0, 1.5, (4000, 4))
    labels, logits = (honest + random.gumbel(size=honest.shape)).argmax(axis=1), 2 * honest
    after = []
    for _ in range(200):
        drawn = random.permutation(4000)
        fitted = calibration.fit_temperature(logits[drawn[:20]], labels[drawn[:20]])
        after.append(calibration.nll(logits[drawn[20:]], labels[drawn[20:]], fitted))

    assert np.mean(after) < calibration.nll(logits, labels)


def test_calibration_lowers_the_error_and_the_loss(overconfident):
    logits, labels = overconfident
    temperature = calibration.fit_temperature(logits, labels)

    def error(t):
        p = np.exp(calibration.log_softmax(logits, t))
        return calibration.ece(calibration.reliability(p.max(axis=1), p.argmax(axis=1) == labels))

    assert error(temperature) < error(1.0) / 3
    assert calibration.nll(logits, labels, temperature) < calibration.nll(logits, labels)


@pytest.mark.parametrize(
    ("logits", "labels"),
    [(np.zeros((4, 3)), np.array([0, 1, 2, 0])), (np.zeros((0, 3)), np.array([], int))],
    ids=["equal logits", "no pictures"],
)
def test_the_raw_confidence_is_kept_where_nothing_speaks_against_it(logits, labels):
    assert calibration.fit_temperature(logits, labels) == pytest.approx(1.0, abs=1e-9)


def test_answers_worse_than_chance_get_the_highest_temperature():
    logits, labels = two_classes(4.0, 1000, 9000)

    assert calibration.fit_temperature(logits, labels) == pytest.approx(calibration.HOTTEST)


def test_huge_logits_stay_finite():
    assert calibration.nll(np.array([[1e6, -1e6], [0.0, 1e6]]), np.array([1, 1])) == pytest.approx(1e6)


def test_bins_hold_equal_counts_and_every_answer():
    rng = np.random.default_rng(1)
    confidences, correct = rng.random(1003), rng.random(1003) < 0.7

    bins = calibration.reliability(confidences, correct)

    counts = [each.accuracy.n for each in bins]
    assert len(bins) == 15
    assert sum(counts) == 1003
    assert max(counts) - min(counts) <= 1
    weighted = sum(each.accuracy.n * each.accuracy.value for each in bins) / 1003
    assert weighted == pytest.approx(correct.mean())
    assert [each.confidence for each in bins] == sorted(each.confidence for each in bins)


def test_equal_confidences_share_a_bin_in_any_order():
    confidences = np.array([0.9] * 40 + [0.5] * 10)
    correct = np.array([True] * 30 + [False] * 15 + [True] * 5)
    order = np.random.default_rng(0).permutation(50)

    bins = calibration.reliability(confidences, correct)

    assert [(each.confidence, each.accuracy) for each in bins] == [
        (pytest.approx(0.5), wilson(5, 10)),
        (pytest.approx(0.9), wilson(30, 40)),
    ]
    assert calibration.reliability(confidences[order], correct[order]) == bins
    assert calibration.ece(bins) == pytest.approx(0.8 * 0.15)


def test_a_calibrated_classifier_has_no_calibration_error():
    bins = calibration.reliability(np.array([0.75] * 4 + [0.5] * 2), np.array([1, 1, 1, 0, 1, 0]))

    assert calibration.ece(bins) == pytest.approx(0)


def test_no_answers_make_no_bins():
    assert calibration.reliability(np.array([]), np.array([])) == ()
    assert calibration.ece(()) is None
