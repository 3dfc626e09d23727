"""The honest report on a classifier, and its JSON."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from mlcore.evaluation import Confusion, Evaluation, assess
from mlcore.evaluation.scores import confusion


def evaluation(classes: int, n: int = 400) -> Evaluation:
    rng = np.random.default_rng(classes)
    labels = rng.integers(0, classes, n)
    logits = rng.normal(size=(n, classes)) + 2 * np.eye(classes)[labels]
    return assess(logits, labels, tuple(f"class {number}" for number in range(classes)), temperature=1.3)


@pytest.mark.parametrize("classes", [2, 10, 31])
def test_it_survives_json(classes):
    before = evaluation(classes)

    text = json.dumps(before.to_json(), allow_nan=False)
    after = Evaluation.from_json(json.loads(text), before.answers)

    np.testing.assert_array_equal(after.confusion, before.confusion)
    plain = {key: value for key, value in vars(before).items() if key not in ("confusion", "answers")}
    assert {key: value for key, value in vars(after).items() if key in plain} == plain
    assert after.to_json() == before.to_json()


def test_scripts_find_the_accuracy_with_its_interval():
    values = evaluation(3).to_json()

    assert set(values["accuracy"]) == {"value", "low", "high", "n"}
    assert "answers" not in values


def test_a_large_table_is_written_as_its_cells():
    small, large = evaluation(30).to_json(), evaluation(31).to_json()

    assert len(small["confusion"]) == 30
    assert "confusion_cells" not in small
    assert large["confusion"] is None
    assert sum(count for _, _, count in large["confusion_cells"]) == 400


def test_the_most_frequent_confusions_come_first():
    found = evaluation(3)
    object.__setattr__(found, "confusion", np.array([[90, 1, 7], [0, 50, 2], [7, 0, 3]]))

    assert found.top_confusions(3) == [Confusion(0, 2, 7), Confusion(2, 0, 7), Confusion(1, 2, 2)]
    assert len(found.top_confusions()) == 4  # empty cells and right answers aren't confusions
    assert found.to_json()["top_confusions"][0] == asdict(Confusion(0, 2, 7))


def test_the_table_is_that_of_the_answers():
    found = evaluation(10)

    np.testing.assert_array_equal(found.confusion, confusion(found.answers.truth, found.answers.predicted, 10))
