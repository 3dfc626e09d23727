"""The scores of a classifier, against scikit-learn as the judge."""

import numpy as np
import pytest
from sklearn import metrics

from mlcore.evaluation import scores
from mlcore.evaluation.calibration import log_softmax, nll
from mlcore.intervals import wilson

NAMES = ("ant", "bee", "cat", "dog", "elk")


@pytest.fixture
def answers():
    """300 answers for five classes, two in three right."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 5, 300)
    logits = rng.normal(size=(300, 5)) + 2 * np.eye(5)[labels]
    return logits, labels


def test_confusion_rows_are_the_truth():
    table = scores.confusion([0, 0, 2], [0, 1, 0], 3)

    assert table.tolist() == [[1, 1, 0], [0, 0, 0], [1, 0, 0]]


def test_confusion_agrees_with_scikit_learn(answers):
    logits, labels = answers

    table = scores.confusion(labels, logits.argmax(axis=1), 5)

    np.testing.assert_array_equal(table, metrics.confusion_matrix(labels, logits.argmax(axis=1)))


def test_class_scores_agree_with_scikit_learn(answers):
    logits, labels = answers
    predicted = logits.argmax(axis=1)

    found = scores.per_class(scores.confusion(labels, predicted, 5), NAMES)

    judged = np.array(metrics.precision_recall_fscore_support(labels, predicted))
    ours = np.array([[each.precision, each.recall, each.f1, each.n] for each in found]).T
    np.testing.assert_allclose(ours, judged, rtol=1e-12)
    assert [each.name for each in found] == list(NAMES)
    assert found[0].accuracy == wilson(metrics.confusion_matrix(labels, predicted)[0, 0], (labels == 0).sum())


def test_macro_averages_agree_with_scikit_learn_even_with_a_class_never_answered():
    labels, predicted = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 0])

    found = scores.macro(scores.per_class(scores.confusion(labels, predicted, 3), NAMES[:3]))

    judged = metrics.precision_recall_fscore_support(labels, predicted, average="macro", zero_division=0)
    assert (found.precision, found.recall, found.f1) == pytest.approx(judged[:3])


def test_scores_with_nothing_to_divide_by_are_none():
    table = scores.confusion([0, 0], [0, 0], 3)
    table[2, 0] = 1

    ant, bee, cat = scores.per_class(table, NAMES[:3])

    assert (bee.precision, bee.recall, bee.f1, bee.n, bee.accuracy) == (None, None, None, 0, wilson(0, 0))
    assert (cat.precision, cat.recall, cat.f1) == (None, 0.0, 0.0)
    assert (ant.precision, ant.recall) == (2 / 3, 1.0)
    assert scores.macro((bee,)) == scores.Average(None, None, None)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_top_k_agrees_with_scikit_learn(answers, k):
    logits, labels = answers

    assert scores.top_k(logits, labels, k).value == pytest.approx(
        metrics.top_k_accuracy_score(labels, logits, k=k, labels=range(5))
    )


def test_of_equal_logits_the_first_class_wins():
    logits = np.zeros((3, 3))

    shares = [scores.top_k(logits, np.array([0, 1, 2]), k).value for k in (1, 2, 3)]

    assert shares == pytest.approx([1 / 3, 2 / 3, 1])


def test_brier_and_loss_agree_with_scikit_learn(answers):
    logits, labels = answers
    probabilities = np.exp(log_softmax(logits))

    assert scores.brier(probabilities, labels) == pytest.approx(
        metrics.brier_score_loss(labels, probabilities, scale_by_half=False)
    )
    assert nll(logits, labels) == pytest.approx(metrics.log_loss(labels, probabilities))


def test_brier_is_two_for_certain_and_wrong():
    assert scores.brier(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1, 1])) == pytest.approx(1.0)
    assert scores.brier(np.array([[1.0, 0.0]]), np.array([1])) == pytest.approx(2.0)
