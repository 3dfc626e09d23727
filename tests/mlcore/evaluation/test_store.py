"""Evaluations beside the model they judge."""

import numpy as np
import pytest

from mlcore import data, library
from mlcore.errors import Kind, Refused
from mlcore.evaluation import assess, evaluate, load, names, save


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


def test_a_trained_model_comes_with_the_evaluation_that_a_fresh_one_confirms(tiny_model):
    classifier, split = library.open(tiny_model), data.open("shapes").split("test")

    kept, fresh = load(library.folder(tiny_model), "test"), evaluate(classifier, split)

    assert kept.accuracy == fresh.accuracy == classifier.card.accuracy
    assert (fresh.data, fresh.split, fresh.fingerprint) == ("shapes", "test", split.dataset.fingerprint)
    np.testing.assert_array_equal(kept.confusion, fresh.confusion)
    np.testing.assert_allclose(kept.answers.probabilities, fresh.answers.probabilities, atol=1e-4)
