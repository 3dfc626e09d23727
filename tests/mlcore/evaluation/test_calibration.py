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


@pytest.mark.parametrize(("margin", "right", "wrong"), [(4.0, 8, 2), (1.0, 9, 1), (0.5, 60, 40)])
def test_one_confidence_is_brought_to_the_share_that_is_right(margin, right, wrong):
    logits, labels = two_classes(margin, right, wrong)

    temperature = calibration.fit_temperature(logits, labels)

    assert temperature == pytest.approx(margin / np.log(right / wrong), rel=1e-6)


def test_the_temperature_agrees_with_a_general_minimiser(overconfident):
    logits, labels = overconfident
    judge = minimize_scalar(
        lambda log_t: -scipy_log_softmax(logits / np.exp(log_t), axis=1)[np.arange(len(labels)), labels].mean(),
        bounds=(-3, 3),
        method="bounded",
        options={"xatol": 1e-8},
    )

    temperature = calibration.fit_temperature(logits, labels)

    assert temperature == pytest.approx(np.exp(judge.x), rel=1e-3)
    assert temperature == pytest.approx(3.0, rel=0.1)  # what the data were made with; 2,000 answers


def test_logits_scaled_by_a_factor_get_a_temperature_scaled_by_it(overconfident):
    logits, labels = overconfident

    once, twice = calibration.fit_temperature(logits, labels), calibration.fit_temperature(2 * logits, labels)

    assert twice == pytest.approx(2 * once, rel=1e-6)


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
    [
        (np.eye(3) * 5, np.arange(3)),  # every answer right
        (np.zeros((4, 3)), np.array([0, 1, 2, 0])),  # no answer at all
        (np.zeros((0, 3)), np.array([], int)),
    ],
    ids=["no mistakes", "equal logits", "no pictures"],
)
def test_the_raw_confidence_is_kept_where_nothing_bounds_it(logits, labels):
    assert calibration.fit_temperature(logits, labels) == 1.0


def test_answers_worse_than_chance_get_the_highest_temperature():
    logits, labels = two_classes(4.0, 1, 9)

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


def test_calibrating_keeps_the_promise_for_probabilities_as_they_are_told():
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 3, 400)
    logits = 5 * (np.eye(3)[labels] + rng.normal(size=(400, 3)))  # far too sure

    temperature, threshold = calibration.calibrate(logits, labels, 0.9)

    probabilities = np.exp(calibration.log_softmax(logits, temperature))
    sure = probabilities.max(axis=1) >= threshold - 1e-9
    assert temperature > 2
    assert 0 < sure.sum() < 400
    assert (probabilities.argmax(axis=1) == labels)[sure].mean() >= 0.9


def test_the_threshold_is_the_smallest_confidence_with_enough_right_above_it():
    confidences = np.array([0.99, 0.95, 0.9, 0.8, 0.7, 0.6])
    correct = np.array([True, True, False, True, True, False])

    assert calibration.threshold(confidences, correct, precision=0.8) == 0.7  # 4 of 5
    assert calibration.threshold(confidences, correct, precision=0.9) == 0.95  # 2 of 2
    assert calibration.threshold(confidences, correct, precision=0.6) == 0.6  # 4 of 6


def test_the_threshold_keeps_its_promise_and_no_smaller_one_does():
    rng = np.random.default_rng(2)
    confidences = rng.uniform(0.2, 1, 500).round(2)  # with many ties
    correct = rng.random(500) < confidences

    found = calibration.threshold(confidences, correct, precision=0.85)

    assert correct[confidences >= found].mean() >= 0.85
    lower = [t for t in np.unique(confidences) if 0.5 <= t < found]
    assert lower
    assert all(correct[confidences >= t].mean() < 0.85 for t in lower)


def test_an_answer_below_even_odds_is_never_sure():
    assert calibration.threshold(np.array([0.3, 0.45, 0.6, 0.8]), np.ones(4, bool)) == 0.6


@pytest.mark.parametrize(
    ("confidences", "correct"),
    [([0.9, 0.8, 0.7], [False, True, True]), ([], []), ([0.3, 0.4], [True, True])],
    ids=["the most confident is wrong", "no pictures", "all below even odds"],
)
def test_no_confidence_is_enough_when_none_was(confidences, correct):
    assert calibration.threshold(np.array(confidences), np.array(correct, bool)) == calibration.NEVER_SURE > 1
