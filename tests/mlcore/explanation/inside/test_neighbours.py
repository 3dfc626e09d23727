"""The training pictures that a network finds most alike."""

import shutil

import keras
import numpy as np
import pytest

from mlcore import data, library
from mlcore.errors import Kind, Refused
from mlcore.explanation.inside import neighbours
from mlcore.explanation.inside.neighbours import Neighbours


@pytest.fixture
def corners():
    """Unit features in the plane at 0, 10, 20, 90, 100 and 180 degrees, of classes 0, 0, 1, 1, 1 and 0."""
    angles = np.radians([0, 10, 20, 90, 100, 180])
    return Neighbours(
        np.stack([np.cos(angles), np.sin(angles)], axis=1).astype("float32"), np.array([0, 0, 1, 1, 1, 0])
    )


def test_the_nearest_come_first_with_their_cosine(corners):
    found = corners.nearest(np.array([5.0, 0.0]), 3)

    assert [(each.index, each.label) for each in found] == [(0, 0), (1, 0), (2, 1)]
    np.testing.assert_allclose([each.likeness for each in found], np.cos(np.radians([0, 10, 20])), rtol=1e-6)


def test_the_nearest_of_another_class(corners):
    assert [each.index for each in corners.nearest(np.array([1.0, 0.0]), 2, other_than=0)] == [2, 3]


def test_a_prototype_is_nearest_to_the_mean_of_its_class_and_the_odd_one_farthest(corners):
    assert [each.index for each in corners.prototypes(1)] == [3, 4, 2]
    assert [each.index for each in corners.odd_ones(1, 1)] == [2]
    assert corners.prototypes(7) == []


@pytest.fixture
def classifier(tiny_model):
    return library.open(tiny_model)


def test_a_training_picture_is_its_own_nearest(classifier):
    known = neighbours.neighbours(classifier)
    pictures = data.open("shapes").split("train").read(range(5))

    found = [known.nearest(each, 1)[0] for each in neighbours.pooled(classifier, pictures)]

    assert [each.index for each in found] == list(range(5))
    assert all(each.likeness == pytest.approx(1, abs=1e-3) for each in found)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the export needs TensorFlow")
def test_the_same_features_with_and_without_the_small_copy(classifier):
    pictures = data.open("shapes").split("train").read(range(4))
    quick = neighbours.pooled(classifier, pictures)
    (classifier.folder / "model.tflite").unlink()

    np.testing.assert_allclose(neighbours.pooled(library.open("tiny"), pictures), quick, atol=1e-3)


def test_features_are_computed_once_and_kept(classifier, monkeypatch):
    assert not neighbours.are_known(classifier)
    first = neighbours.neighbours(classifier)
    assert neighbours.are_known(classifier)
    monkeypatch.setattr(neighbours, "pooled", lambda *_: pytest.fail("they are on disk"))

    np.testing.assert_array_equal(neighbours.neighbours(classifier).features, first.features)


def test_a_call_off_loses_nothing_that_was_computed(classifier, monkeypatch, home):
    monkeypatch.setattr(neighbours, "CHUNK", 10)
    asked, plain = [], neighbours.pooled
    count = len(neighbours.training_set(classifier.card).split("train"))

    def counting(classifier, batch):
        asked.append(len(batch))
        return plain(classifier, batch)

    def call_off(share, text=""):
        if share >= 20 / count:
            raise KeyboardInterrupt

    monkeypatch.setattr(neighbours, "pooled", counting)
    with pytest.raises(KeyboardInterrupt):
        neighbours.neighbours(classifier, call_off)
    assert asked == [10, 10]
    neighbours.neighbours(classifier)

    assert sum(asked) == count
    assert not list((home / "cache" / "features").glob("*.parts"))


def test_a_damaged_file_is_made_again(classifier, home):
    whole = neighbours.neighbours(classifier).features
    (path,) = (home / "cache" / "features").glob("*.npy")
    path.write_bytes(path.read_bytes()[:100])

    np.testing.assert_array_equal(neighbours.neighbours(classifier).features, whole)


def test_training_pictures_that_are_not_here_are_missed_in_words(classifier, home):
    shutil.rmtree(home / "data" / "shapes")

    assert not neighbours.are_known(classifier)
    with pytest.raises(Refused, match="aren't on this machine") as refusal:
        neighbours.neighbours(classifier)
    assert refusal.value.kind == Kind.MISSING_DATA


def test_a_network_without_maps_is_asked_for_its_scores(classifier, monkeypatch):
    pictures = data.open("shapes").split("train").read(range(3))
    monkeypatch.setattr(type(classifier), "features", lambda *_: None)
    scores = classifier.logits(pictures)

    np.testing.assert_allclose(
        neighbours.pooled(classifier, pictures), scores / np.linalg.norm(scores, axis=1, keepdims=True), rtol=1e-5
    )
