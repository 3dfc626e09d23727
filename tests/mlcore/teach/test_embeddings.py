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

    assert len(embeddings.embedded(shapes, look)) == 19


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive"])
def test_damaged_embeddings_are_computed_again(shapes, damage):
    first = teach.learn_draft(shapes)
    (path,) = shapes.folder.glob("embeddings-*.npz")
    path.write_bytes(damage)

    np.testing.assert_array_equal(teach.learn_draft(shapes).head.weights, first.head.weights)


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
