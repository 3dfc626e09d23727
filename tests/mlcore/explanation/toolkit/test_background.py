"""Training pictures kept beside a model."""

from types import SimpleNamespace

import numpy as np
import pytest

from mlcore import library
from mlcore.explanation import explain
from mlcore.explanation.toolkit.background import background_of, keep_background

PICTURE = np.random.default_rng(1).uniform(0, 255, (8, 8, 3)).astype("float32")


class Split:
    """A split whose pictures are all of one colour, 80 times the class and 1 more for each further one."""

    def __init__(self, counts, side=8):
        self.labels = np.repeat(np.arange(len(counts)), counts)
        self.side = side
        self.dataset = SimpleNamespace(picture_bytes=side * side * 3)

    def __len__(self):
        return len(self.labels)

    def read(self, rows):
        values = [80 * self.labels[row] + (self.labels[:row] == self.labels[row]).sum() for row in rows]
        return np.broadcast_to(np.array(values, "uint8")[:, None, None, None], (len(rows), self.side, self.side, 3))


def model_in(folder, side=8):
    return SimpleNamespace(folder=folder, card=SimpleNamespace(shape=(side, side, 3)))


def classes_kept(folder, side=8):
    pictures, _ = background_of(model_in(folder, side), np.zeros((side, side, 3), "float32"))
    return (pictures[:, 0, 0, 0] // 80).astype(int).tolist()


def test_classes_take_turns_until_there_are_64(tmp_path):
    keep_background(tmp_path, Split([80, 80, 80]), 3)

    found = classes_kept(tmp_path)
    assert len(found) == 64
    assert sorted(found[:3]) == [0, 1, 2]
    assert found[:3] * 21 == found[:63]
    assert (tmp_path / "background.npz").stat().st_size < 1e6


def test_a_small_class_gives_what_it_has_and_none_twice(tmp_path):
    keep_background(tmp_path, Split([2, 5, 0]), 3)

    pictures, words = background_of(model_in(tmp_path), PICTURE)
    assert sorted(pictures[:, 0, 0, 0].tolist()) == [0, 1, 80, 81, 82, 83, 84]
    assert words == "7 training pictures"
    assert pictures.dtype == np.float32


@pytest.mark.parametrize(("side", "kept"), [(72, 64), (73, 62), (256, 5), (700, 1)])
def test_large_pictures_are_fewer_so_that_they_fit_a_megabyte(tmp_path, side, kept):
    keep_background(tmp_path, Split([50, 50], side), 2)

    assert len(classes_kept(tmp_path, side)) == kept


def test_the_same_pictures_are_kept_each_time(tmp_path):
    for name in ("one", "other"):
        keep_background(tmp_path / name, Split([80, 80]), 2)

    one, other = (background_of(model_in(tmp_path / name), PICTURE)[0] for name in ("one", "other"))
    np.testing.assert_array_equal(one, other)


def test_without_training_pictures_nothing_is_kept(tmp_path):
    keep_background(tmp_path, Split([0, 0]), 2)

    assert list(tmp_path.iterdir()) == []


def damaged(file):
    file.write_bytes(file.read_bytes()[:-200])


def of_another_shape(file):
    np.savez_compressed(file, pictures=np.zeros((4, 9, 9, 3), "uint8"))


def of_another_kind(file):
    np.savez_compressed(file, pictures=np.array([{"a": 1}], dtype=object))


def enormous(file):
    np.savez_compressed(file, pictures=np.zeros((40_000, 8, 8, 3), "uint8"))


@pytest.mark.parametrize("spoil", [lambda file: file.unlink(), damaged, of_another_shape, of_another_kind, enormous])
def test_what_cannot_be_used_is_replaced_by_greys_and_blurs_and_that_is_said(tmp_path, spoil):
    keep_background(tmp_path, Split([9, 9]), 2)
    spoil(tmp_path / "background.npz")

    pictures, words = background_of(model_in(tmp_path), PICTURE)

    assert pictures.shape == (8, 8, 8, 3)
    assert np.ptp(pictures[:5], axis=(1, 2, 3)).max() == 0
    details = [np.ptp(each) for each in (*pictures[5:], PICTURE)]
    assert details[3] > details[0] > details[1] > details[2] > 0
    assert "grey levels and blurred copies" in words


def test_a_trained_model_compares_with_its_training_pictures(tiny_model, tiny_data):
    classifier = library.open(tiny_model)
    picture = np.full((16, 16, 3), 128, "uint8")

    found = explain("expected-gradients", classifier, picture)

    assert found.diagnostics["background"] == f"{tiny_data.splits['train']} training pictures"
    pictures, _ = background_of(classifier, picture)
    mean = classifier.logits(pictures.astype("uint8"))[:, found.target].mean()
    assert found.diagnostics["score_of_the_background"] == pytest.approx(mean, abs=1e-3)
