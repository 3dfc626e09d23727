"""Evaluations beside the model they judge."""

import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.evaluation import assess, load, names, save


def evaluation(right: int):
    """Ten answers, the first `right` of them right."""
    labels = np.array([0] * right + [1] * (10 - right))
    return assess(np.tile([2.0, 0.0], (10, 1)), labels, ("cat", "dog"))


def test_what_was_saved_is_loaded(tmp_path):
    before = evaluation(7)

    save(tmp_path, "test", before)
    after = load(tmp_path, "test")

    assert after.to_json() == before.to_json()
    np.testing.assert_array_equal(after.answers.top, before.answers.top)
    assert names(tmp_path) == ["test"]
    assert sorted(path.name for path in (tmp_path / "evaluations").iterdir()) == ["test.json", "test.npz"]


def test_there_may_be_none(tmp_path):
    assert load(tmp_path, "test") is None
    assert names(tmp_path) == []


def test_a_damaged_report_counts_as_none(tmp_path):
    save(tmp_path, "test", evaluation(7))
    (tmp_path / "evaluations" / "test.json").write_text('{"accuracy": ')

    assert load(tmp_path, "test") is None


@pytest.mark.parametrize("harm", ["missing", "cut off", "of a newer evaluation"])
def test_a_report_never_stands_beside_the_wrong_answers(tmp_path, harm):
    save(tmp_path, "test", evaluation(7))
    arrays = tmp_path / "evaluations" / "test.npz"
    if harm == "missing":
        arrays.unlink()
    elif harm == "cut off":
        arrays.write_bytes(arrays.read_bytes()[:50])
    else:
        arrays.write_bytes(evaluation(3).answers.to_bytes())

    found = load(tmp_path, "test")

    assert found.accuracy.value == 0.7
    assert found.answers is None


def test_a_later_evaluation_replaces_the_earlier(tmp_path):
    save(tmp_path, "test", evaluation(7))
    save(tmp_path, "test", evaluation(4))

    found = load(tmp_path, "test")

    assert found.accuracy.value == 0.4
    assert found.answers.correct.sum() == 4


def test_a_name_cannot_leave_the_folder(tmp_path):
    with pytest.raises(Refused) as refusal:
        save(tmp_path, "../elsewhere", evaluation(7))

    assert refusal.value.kind == Kind.BAD_SETTING
