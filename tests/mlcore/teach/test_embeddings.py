"""Embeddings of a draft are computed once, kept beside its pictures, and teach what the pictures teach."""

import numpy as np
import pytest

from mlcore import teach
from mlcore.teach import embeddings, probe
from tests.conftest import SHAPES
from tests.mlcore.teach.test_model import draft


@pytest.fixture
def shapes(home):
    return draft()


def test_a_draft_teaches_what_its_pictures_teach(shapes):
    kept, direct = teach.learn_draft(shapes), probe.learn(shapes.pixels())

    assert kept.classes == direct.classes == SHAPES[:2]
    assert kept.accuracy == direct.accuracy
    np.testing.assert_array_equal(kept.head.weights, direct.head.weights)


def test_no_picture_is_looked_at_twice(shapes, monkeypatch):
    teach.look_at(shapes)
    first = teach.learn_draft(shapes)
    monkeypatch.setattr(embeddings.Look, "__call__", None)  # looking again would fail

    np.testing.assert_array_equal(teach.learn_draft(shapes).head.weights, first.head.weights)


def test_a_deleted_picture_is_forgotten(shapes):
    teach.look_at(shapes)
    gone = shapes.classes[0]
    shapes.remove(gone.key, gone.pictures[0])
    look = embeddings.look_of(shapes)

    assert len(embeddings.embedded(shapes, shapes.classes, look)) == 19


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive"])
def test_damaged_embeddings_are_computed_again(shapes, damage):
    first = teach.learn_draft(shapes)
    (path,) = shapes.folder.glob("embeddings-*.npz")
    path.write_bytes(damage)

    np.testing.assert_array_equal(teach.learn_draft(shapes).head.weights, first.head.weights)


def test_a_picture_that_comes_while_others_are_looked_at_moves_no_label(shapes, monkeypatch):
    first, other, classes = teach.learn_draft(shapes), embeddings._lock, shapes.classes

    class Meanwhile:
        """Another page puts a picture of the second class into the first one while this one waits for its turn."""

        def __enter__(self):
            file = shapes.file(classes[1].key, classes[1].pictures[0])
            shapes.add(classes[0].key, file.read_bytes())
            return other.__enter__()

        def __exit__(self, *error):
            return other.__exit__(*error)

    monkeypatch.setattr(embeddings, "_lock", Meanwhile())
    lesson = teach.learn_draft(shapes)

    assert shapes.count == 21
    assert lesson.accuracy.n == first.accuracy.n
    np.testing.assert_array_equal(lesson.head.weights, first.head.weights)


def test_on_a_full_disk_it_learns_all_the_same(shapes, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(embeddings.durable, "write_bytes", full)

    assert teach.learn_draft(shapes).classes == SHAPES[:2]
    assert not list(shapes.folder.glob("embeddings-*"))


def test_an_empty_draft_needs_no_network(home, monkeypatch):
    monkeypatch.setattr(embeddings, "embedded", None)

    teach.look_at(teach.drafts.new())


@pytest.mark.parametrize(
    ("sides", "side"), [([], 64), ([32], 32), ([32, 32, 900], 32), ([31, 200, 400], 200), ([63, 64], 64)]
)
def test_the_picture_in_the_middle_decides(monkeypatch, sides, side):
    monkeypatch.setattr(embeddings.backbones, "fitting", lambda shape: shape)

    assert embeddings.fitting([(each, each + 7) for each in sides]) == (side, side, 3)


def test_the_size_of_a_picture_is_read_without_decoding_it(shapes):
    assert shapes.sizes() == [pixels.shape[:2] for of in shapes.pixels().values() for pixels in of]
