"""Sure means right nine times in ten near the threshold, too, and never on the word of a few pictures."""

import numpy as np
import pytest
from scipy.optimize import minimize

from mlcore.evaluation import threshold
from mlcore.evaluation.threshold import FEWEST, fit_threshold
from mlcore.intervals import wilson
from mlcore.library.certainty import NEVER_SURE


def answers(*levels):
    """Confidences and whether they were right, of levels (confidence, right, wrong)."""
    confidences = np.concatenate([np.full(right + wrong, confidence) for confidence, right, wrong in levels])
    return confidences, np.concatenate([[True] * right + [False] * wrong for _, right, wrong in levels])


def calibrated(count, seed=0):
    """Answers that are right as often as they say, from 30 to 100 % sure."""
    random = np.random.default_rng(seed)
    confidences = random.uniform(0.3, 1, count)
    return confidences, random.random(count) < confidences


def test_the_fewest_are_those_whose_interval_begins_at_nine_in_ten_when_all_are_right():
    assert wilson(FEWEST, FEWEST).low >= 0.9 > wilson(FEWEST - 1, FEWEST - 1).low


def test_answers_that_are_right_half_of_the_time_are_not_sure_because_others_are():
    """50 of 100 right at 55 %, 900 of 900 at 95 %: 95 % of all above 55 % are right, but not those at 55 %."""
    assert fit_threshold(*answers((0.55, 50, 50), (0.95, 900, 0))) == 0.95


def test_of_calibrated_answers_those_above_nine_in_ten_are_sure():
    """Of 10,000 the bound lies a point or two above 90 %, where they are right 9 times in 10 by their making."""
    assert 0.9 < fit_threshold(*calibrated(10_000)) < 0.93


@pytest.mark.parametrize("count", [0, 1, 8, 20, FEWEST - 1])
def test_few_answers_make_none_sure_even_when_all_are_right(count):
    assert fit_threshold(np.full(count, 0.999), np.ones(count, bool)) == NEVER_SURE > 1


def test_just_enough_confident_answers_that_are_all_right_can_be_sure():
    assert fit_threshold(np.full(FEWEST, 0.995), np.ones(FEWEST, bool)) == 0.995


def test_noise_told_apart_by_chance_is_never_sure():
    random = np.random.default_rng(0)
    for confidence in (0.55, 0.8, 0.99, 0.9999):
        confidences = np.clip(confidence + random.normal(0, 0.01, 60), 0.5, 1)
        assert fit_threshold(confidences, np.arange(60) % 2 == 0) == NEVER_SURE


def test_where_the_most_confident_are_right_least_nothing_is_sure():
    assert fit_threshold(*answers((0.6, 200, 0), (0.99, 100, 100))) == NEVER_SURE


def test_what_the_line_smooths_over_is_counted():
    """Right in 70 % from 92 to 97 %, always from 99 % on: a line through the many sure ones passes above the 70 %."""
    steps = [(0.6, 10, 10), *[(0.92 + place / 1000, 7, 3) for place in range(0, 50, 10)], (0.99, 3000, 0)]

    assert threshold._lower_bound(threshold._log_odds(answers(*steps)[0]), answers(*steps)[1], np.array([2.8]))[
        0
    ] > np.log(9)
    assert fit_threshold(*answers(*steps)) > 0.95  # 35 answers from 96 % on are 10 with 7 right and 25 of the others


def test_an_answer_below_even_odds_is_never_sure():
    assert fit_threshold(*answers((0.3, 500, 0), (0.45, 500, 0), (0.6, 500, 0))) >= 0.5


def test_the_order_of_the_pictures_does_not_matter():
    confidences, right = calibrated(500)
    confidences = confidences.round(2)  # with ties
    order = np.random.default_rng(1).permutation(500)

    assert fit_threshold(confidences[order], right[order]) == fit_threshold(confidences, right)


def test_the_line_and_its_bound_agree_with_a_general_minimiser():
    confidences, right = calibrated(300)
    odds = np.log(confidences / (1 - confidences))

    def objective(line):
        x = line[0] + line[1] * odds
        return (
            np.logaddexp(0, np.where(right, -x, x)).sum()
            + (line[0] ** 2 + (line[1] - 1) ** 2) / 2 / threshold.SPREAD**2
        )

    judge = minimize(objective, [0.0, 1.0], tol=1e-12)
    chance = 1 / (1 + np.exp(-(judge.x[0] + judge.x[1] * odds)))
    design = np.stack([np.ones(300), odds], axis=1)
    covariance = np.linalg.inv((design.T * (chance * (1 - chance))) @ design + np.eye(2) / threshold.SPREAD**2)
    error = np.sqrt(np.diag(design @ covariance @ design.T))

    bound = threshold._lower_bound(odds, right, odds)

    np.testing.assert_allclose(bound, design @ judge.x - 1.645 * error, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("count", "least"), [(50, 1), (100, 40), (400, 190)])
def test_just_above_the_threshold_the_promise_holds_in_nearly_all_draws(count, least):
    """200 draws of calibrated answers, seed 0: the truth at the threshold is the threshold, so it must be 0.9 or more.

    One draw in 20 may fail by the making of the bound; of 200 at most 18 do but with a chance of 1 in 100.
    """
    found = [fit_threshold(*calibrated(count, seed=[0, draw])) for draw in range(200)]

    assert sum(level < 0.9 for level in found) <= 18
    assert sum(level < NEVER_SURE for level in found) >= least
