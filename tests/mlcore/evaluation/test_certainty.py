"""Answers are told with what was measured of answers about as sure."""

import numpy as np
import pytest

from mlcore import evaluation, library
from mlcore.evaluation.certainty import FEWEST, levels, measured
from mlcore.evaluation.promises import HeldOut, Promises, certainty_from, fit_promises
from mlcore.intervals import wilson
from mlcore.library.certainty import NEVER_SURE, Certainty, Coverage, Level, columns


def test_levels_count_the_answers_between_round_edges():
    confidences = np.repeat([0.55, 0.65, 0.97, 0.995], [297, 40, 100, 500])
    right = np.concatenate([np.arange(count) < hits for count, hits in ((297, 176), (40, 30), (100, 95), (500, 499))])

    counted = levels(confidences, right)

    assert [(each.low, each.high, each.right, each.n) for each in counted] == [
        (0.0, 0.6, 176, 297),
        (0.6, 0.95, 30, 40),
        (0.95, 0.99, 95, 100),
        (0.99, 1.0, 499, 500),
    ]
    assert counted[0].accuracy == wilson(176, 297)


@pytest.mark.parametrize("count", [1, 5, FEWEST, 60, 1000])
def test_no_answer_is_lost_and_no_level_is_thin(count):
    random = np.random.default_rng(count)
    confidences = random.beta(4, 1, count)
    right = random.random(count) < confidences

    counted = levels(confidences, right)

    assert sum(each.n for each in counted) == count
    assert sum(each.right for each in counted) == right.sum()
    assert all(each.n >= min(FEWEST, count) for each in counted)
    assert counted[0].low == 0
    assert counted[-1].high == 1
    assert [each.high for each in counted[:-1]] == [each.low for each in counted[1:]]


def test_no_answers_make_no_levels():
    assert levels(np.array([]), np.array([])) == ()
    assert Certainty(split="test").near(0.5) is None


def test_an_answer_finds_those_about_as_sure():
    low, high = Level(low=0, high=0.9, right=3, n=4), Level(low=0.9, high=1, right=9, n=9)
    certainty = Certainty(split="test", levels=(low, high))

    assert [certainty.near(each) for each in (0.2, 0.89, 0.9, 1.0)] == [low, low, high, high]


def test_promises_of_few_pictures_are_never_sure_and_know_their_number():
    logits = np.array([[2.0, 0.0]] * 20)

    promises = fit_promises(HeldOut(logits, np.zeros(20, int), "val"))

    assert (promises.threshold, promises.calibrated_on) == (NEVER_SURE, 20)
    assert promises.set_cut is not None


def test_promises_of_many_pictures_are_kept_on_others():
    """5,000 and 5,000 answers of one making: shares within 4 standard errors of what is promised."""
    random = np.random.default_rng(0)
    honest = random.normal(0, 2, (10_000, 4))
    labels, logits = (honest + random.gumbel(size=honest.shape)).argmax(axis=1), 2 * honest
    promises = fit_promises(HeldOut(logits[:5000], labels[:5000], "val"))
    probabilities = np.exp(logits[5000:] / promises.temperature)
    probabilities /= probabilities.sum(axis=1, keepdims=True)

    worth = measured(probabilities, labels[5000:], promises.threshold, promises.set_cut, "test")

    assert promises.temperature == pytest.approx(2, rel=0.05)
    assert 0.9 < promises.threshold < 0.95
    near = Certainty(split="test", levels=worth.levels).near(promises.threshold)
    assert near.accuracy.low > 0.88
    assert worth.unsure_sets.share.value == pytest.approx(0.9, abs=4 * np.sqrt(0.09 * 2 / worth.unsure_sets.share.n))


def test_the_larger_of_test_and_validation_tells_what_promises_are_worth():
    held_out = HeldOut(np.array([[2.0, 0.0]] * 30), np.zeros(30, int), "left-out")
    few = Certainty(split="test", levels=(Level(low=0, high=1, right=3, n=4),))
    as_many = Certainty(split="test", levels=(Level(low=0, high=1, right=29, n=30),))

    assert certainty_from(Promises(), held_out, few).split == "left-out"
    assert certainty_from(Promises(), held_out, few).n == 30
    assert certainty_from(Promises(), held_out, as_many) is as_many
    assert certainty_from(Promises(), None, few) is few
    assert certainty_from(Promises(), None, None) is None


def test_it_survives_json():
    share = wilson(3, 4)
    certainty = Certainty(
        split="val",
        levels=levels(np.array([0.4, 0.9]), np.array([1, 0])),
        sure=share,
        sets=Coverage(share=share, size=1.5),
    )

    assert Certainty.model_validate_json(certainty.model_dump_json()) == certainty


def test_cells_of_a_table_are_empty_where_nothing_is_known():
    assert columns(("cat", "dog"), wilson(1, 2))["set"] == "cat; dog"
    assert columns(("cat",), wilson(1, 2))["such_n"] == 2
    assert set(columns(None, None).values()) == {""}


@pytest.mark.parametrize("id", ["animals-and-vehicles", "handwritten-digits"])
def test_a_starters_card_is_what_its_kept_answers_say(id):
    """The card's counts are those of the stored answers to all 10,000 test pictures."""
    card = library.card_of(id)
    answers = evaluation.load(library.folder(id), "test").answers

    assert card.certainty.levels == levels(answers.confidence, answers.correct)
    sure = answers.confidence >= card.threshold
    assert card.threshold_precision == card.certainty.sure == wilson(answers.correct[sure].sum(), sure.sum())
    lowest = card.certainty.unsure_sets.share
    assert lowest.low - 0.03 <= 0.9 <= lowest.high + 0.03
