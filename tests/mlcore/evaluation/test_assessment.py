"""Compare a classifier with the truth."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.evaluation import assess, assessment, evaluate
from mlcore.evaluation.calibration import fit_temperature
from mlcore.events import StageStarted
from mlcore.intervals import wilson


class Brightness:
    """A classifier that reads the class off the first pixel; 250 and more can't be told from 0."""

    def __init__(self, classes=("dark", "grey", "bright"), shape=(4, 4, 3)):
        self.card = SimpleNamespace(classes=classes, shape=shape, temperature=2.0, threshold=0.9, set_cut=0.1)
        self.card.id, self.card.fingerprint = "brightness", "f00"

    def logits(self, batch):
        assert batch.dtype == np.uint8
        assert batch.shape[1:] == self.card.shape
        return 6 * np.eye(3, dtype="float32")[batch[:, 0, 0, 0] // 50 % 5 % 3]


class Split:
    """Pictures of one brightness each."""

    split = "test"

    def __init__(self, levels, labels, classes=("dark", "grey", "bright"), side=4):
        self.labels = np.array(labels)
        self.dataset = SimpleNamespace(name="levels", classes=classes, fingerprint="f00")
        self.dataset.attributes, self.dataset.folder = {}, Path("nowhere")
        self._pictures = np.array(levels, "uint8").reshape(-1, 1, 1, 1) * np.ones((1, side, side, 3), "uint8")

    def __len__(self):
        return len(self.labels)

    def read(self, indices):
        return self._pictures[indices]

    def name(self, index):
        return f"{index}.png"


def test_the_accuracy_is_counted_over_the_whole_split(monkeypatch):
    monkeypatch.setattr(assessment, "CHUNK", 2)  # three chunks, the last of one picture

    found = evaluate(Brightness(), Split([0, 50, 100, 250, 0], [0, 1, 2, 2, 1]))

    assert found.accuracy == wilson(3, 5)
    assert found.confusion.tolist() == [[1, 0, 0], [1, 1, 0], [1, 0, 1]]
    assert found.answers.indices.tolist() == [0, 1, 2, 3, 4]
    assert (found.data, found.split, found.fingerprint, found.temperature) == ("levels", "test", "f00", 2.0)


def test_it_says_what_it_does_and_how_far_it_is(monkeypatch):
    monkeypatch.setattr(assessment, "CHUNK", 2)
    events, shares = [], []

    evaluate(Brightness(), Split([0, 50, 100], [0, 1, 2]), events.append, shares.append)

    assert events == [StageStarted("Evaluating on 3 pictures")]
    assert shares == [2 / 3, 1]


def test_classes_in_another_order_are_matched_by_name():
    found = evaluate(Brightness(), Split([0, 50, 100], [2, 1, 0], classes=("bright", "grey", "dark")))

    assert found.accuracy == wilson(3, 3)


def test_pictures_of_another_size_are_fitted():
    assert evaluate(Brightness(), Split([0, 50, 100], [0, 1, 2], side=9)).accuracy == wilson(3, 3)


@pytest.mark.parametrize(
    ("split", "kind"),
    [
        (Split([], []), Kind.MISSING_DATA),
        (Split([0], [0], classes=("cat", "dog")), Kind.NOT_COMPATIBLE),
    ],
    ids=["empty", "other classes"],
)
def test_a_split_that_cannot_be_used_is_refused(split, kind):
    with pytest.raises(Refused) as refusal:
        evaluate(Brightness(), split)

    assert refusal.value.kind == kind
    assert "levels" in refusal.value.message


def test_calibration_moves_confidence_and_nothing_else():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 800)
    logits = 4 * (rng.normal(size=(800, 4)) + np.eye(4)[labels])
    temperature = fit_temperature(logits, labels)

    raw, calibrated = assess(logits, labels, tuple("abcd")), assess(logits, labels, tuple("abcd"), temperature)

    assert calibrated.accuracy == raw.accuracy
    assert calibrated.ece_before == raw.ece_before == raw.ece_after
    assert calibrated.ece_after < raw.ece_after / 2
    assert calibrated.nll < calibrated.nll_before == raw.nll
    assert calibrated.brier < raw.brier


def test_top_accuracy_is_told_where_it_means_something():
    logits, labels = np.eye(6), np.arange(6)

    assert set(assess(logits, labels, tuple("abcdef")).top_accuracy) == {3, 5}
    assert set(assess(logits[:3, :3], labels[:3], tuple("abc")).top_accuracy) == set()


def test_answers_that_are_not_numbers_are_refused():
    with pytest.raises(Refused) as refusal:
        assess(np.array([[np.nan, 1.0]]), np.array([0]), ("a", "b"))

    assert refusal.value.kind == Kind.NON_FINITE_WEIGHTS


def test_no_pictures_are_refused():
    with pytest.raises(Refused) as refusal:
        assess(np.zeros((0, 2)), np.zeros(0, int), ("a", "b"))

    assert refusal.value.kind == Kind.MISSING_DATA


def test_the_headline_of_a_majority_answerer_stands_beside_what_it_is_worth():
    """955 of 1,000 pictures are of the first class, and the first class is always answered."""
    labels = np.repeat([0, 1], [955, 45])

    report = assess(np.tile([5.0, 0.0], (1000, 1)), labels, ("common", "rare"))

    assert report.accuracy == wilson(955, 1000)
    assert report.commonest == ("common", wilson(955, 1000))
    assert report.balanced == 0.5
    assert report.to_json()["baseline"]["class"] == "common"
    assert report.to_json()["balanced_accuracy"] == 0.5


def test_near_copies_count_as_one_picture():
    """Of six things, four shots each, three are known: the interval is that of 3 of 6, not of 12 of 24."""
    noise = np.random.default_rng(0).integers(0, 256, (6, 1, 16, 16, 3), dtype="uint8")
    shots = np.clip(noise + np.arange(4).reshape(1, 4, 1, 1, 1), 0, 255).astype("uint8").reshape(24, 16, 16, 3)
    shots[:, 0, 0, 0] = 0
    split = Split([0] * 24, np.repeat([0, 0, 0, 1, 1, 1], 4), side=16)
    split._pictures = shots

    found = evaluate(Brightness(shape=(16, 16, 3)), split)

    assert found.accuracy == wilson(3, 6)
    assert found.commonest[1] == wilson(12, 24)
    assert found.note.startswith("Of 24 pictures 18 are near copies of another one")
