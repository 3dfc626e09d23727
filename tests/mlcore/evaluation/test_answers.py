"""What the classifier answered for each picture."""

import numpy as np
import pytest

from mlcore.evaluation import Answers, cell, mistakes
from mlcore.evaluation.answers import collect
from mlcore.evaluation.calibration import log_softmax

LOGITS = np.array([[3, 0, 0], [0, 2, 0], [4, 0, 0], [1, 0, 0], [0, 0, 5], [9, 0, 0]], "float32")
TRUTH = np.array([0, 0, 1, 1, 1, 1])


@pytest.fixture
def answers() -> Answers:
    return collect(LOGITS, TRUTH, temperature=2.0, indices=np.arange(10, 16))


def test_a_cell_lists_its_pictures_most_confident_first(answers):
    assert cell(answers, truth=1, predicted=0).tolist() == [15, 12, 13]
    assert cell(answers, truth=0, predicted=0).tolist() == [10]
    assert cell(answers, truth=2, predicted=2).tolist() == []


def test_the_cells_share_out_all_pictures(answers):
    cells = [cell(answers, truth, predicted) for truth in range(3) for predicted in range(3)]

    assert sorted(np.concatenate(cells)) == list(range(10, 16))


def test_mistakes_are_the_most_confident_wrong_answers(answers):
    assert mistakes(answers, 2).tolist() == [15, 14]
    assert mistakes(answers, 99).tolist() == [15, 14, 12, 11, 13]


def test_one_answer_can_be_looked_up(answers):
    answer = answers.at(14)
    probabilities = np.exp(log_softmax(LOGITS[4:5], 2.0))[0]

    assert (answer.index, answer.truth, answer.predicted) == (14, 1, 2)
    assert answer.confidence == pytest.approx(probabilities[2])
    assert answer.truth_probability == pytest.approx(probabilities[1])
    assert [index for index, _ in answer.top] == [2, 0, 1]
    assert sum(probability for _, probability in answer.top) == pytest.approx(1)


def test_of_many_classes_the_five_likeliest_are_kept():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(7, 40)).astype("float32")

    answers = collect(logits, np.zeros(7, int), temperature=1.0)

    assert answers.top.shape == answers.probabilities.shape == (7, 5)
    np.testing.assert_array_equal(answers.predicted, logits.argmax(axis=1))
    assert (np.diff(answers.probabilities, axis=1) <= 0).all()


def test_answers_survive_a_file(answers):
    again = Answers.from_bytes(answers.to_bytes())

    for name in ("indices", "truth", "top", "probabilities", "truth_probability"):
        np.testing.assert_array_equal(getattr(again, name), getattr(answers, name))
        assert getattr(again, name).dtype == getattr(answers, name).dtype
    assert len(again) == 6
