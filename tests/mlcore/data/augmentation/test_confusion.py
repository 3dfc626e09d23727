"""Which classes a flip would confuse is measured on the pictures themselves."""

import numpy as np
import pytest

from mlcore.data.augmentation import confusion
from mlcore.recipe import Augmentation


class Stored:
    """A data set of made-up pictures that are all for training."""

    def __init__(self, pictures, labels, classes):
        self.pictures, self.labels, self.classes = pictures, np.asarray(labels), classes
        self.shape = pictures.shape[1:]

    def split(self, name):
        assert name == "train"  # nothing else is looked at
        return self

    def __len__(self):
        return len(self.labels)

    def read(self, rows):
        return self.pictures[rows]


def arrows(count=200, frames=()):
    """Slanted strokes beside a pole, to its left or right, or above a line: left, right and up; moved and noisy."""
    rng, labels = np.random.default_rng(0), np.arange(count) % 3
    pictures = rng.integers(0, 60, (count, 16, 16, 3))
    for picture, label in zip(pictures, labels, strict=True):
        y, x = rng.integers(5, 8, 2)
        picture[y : y + 6, x : x + 2] += 150
        spot = {0: np.s_[y : y + 2, x - 4 : x], 1: np.s_[y : y + 2, x + 2 : x + 6], 2: np.s_[y - 4 : y, x : x + 2]}[
            label
        ]
        picture[spot] += 150
    pictures = pictures.clip(0, 255).astype("uint8").reshape(count, *(1 for _ in frames), 16, 16, 3)
    return Stored(np.broadcast_to(pictures, (count, *frames, 16, 16, 3)), labels, ("left", "right", "up"))


@pytest.mark.parametrize("frames", [(), (3,)])
def test_left_and_right_are_confused_by_a_mirror_and_up_isnt(frames):
    found = confusion.confusions(arrows(frames=frames), Augmentation(flip=True))

    assert {(each.of, each.like) for each in found} == {("left", "right"), ("right", "left")}
    assert all(each.count >= 0.25 * each.pictures and each.before < 3 for each in found)
    worst = found[0]
    assert str(worst) == (
        f"Mirrored left to right, {worst.count} of {worst.pictures} pictures of {worst.of} look like {worst.like}; "
        f"as they are, {worst.before} do."
    )


def test_only_what_is_on_is_measured_and_two_flips_are_half_a_turn():
    def turns(**on):
        return [name for name, _ in confusion._turns(Augmentation(**on), (8, 9, 3))]

    assert turns() == []
    assert turns(flip_vertical=True) == ["Mirrored top to bottom"]
    assert turns(flip=True, flip_vertical=True)[-1] == "Turned by 180 degrees"
    assert turns(quarter_turns=True) == ["Turned by 180 degrees"]  # it isn't square
    assert confusion.confusions(arrows(), Augmentation(shift=3, rotate=10)) == []


def test_classes_that_pixels_dont_tell_apart_are_left_out():
    data = arrows()
    data.labels = np.random.default_rng(1).permutation(data.labels)

    assert confusion.confusions(data, Augmentation(flip=True, flip_vertical=True, quarter_turns=True)) == []


def test_a_class_that_is_its_own_mirror_image_is_confused_with_none():
    """Rings and bars, upright: a mirror changes neither."""
    rng, labels = np.random.default_rng(0), np.arange(200) % 2
    rows, columns = np.mgrid[:16, :16] - 7.5
    ring, bar = np.abs(np.hypot(rows, columns) - 5) < 1.2, np.abs(columns) < 2
    shapes = np.where(labels[:, None, None], bar, ring)[..., None]
    pictures = (150 * shapes + rng.integers(0, 60, (200, 16, 16, 3))).astype("uint8")

    assert confusion.confusions(Stored(pictures, labels, ("ring", "bar")), Augmentation(flip=True)) == []


def test_of_few_pictures_or_many_classes_nothing_is_told():
    whole = arrows()
    few = Stored(whole.pictures[:59], whole.labels[:59], whole.classes)
    many = Stored(whole.pictures, whole.labels, tuple(map(str, range(11))))

    assert confusion.confusions(few, Augmentation(flip=True)) == []
    assert confusion.confusions(many, Augmentation(flip=True)) == []
    assert confusion.confusions(whole, Augmentation(flip=True))
