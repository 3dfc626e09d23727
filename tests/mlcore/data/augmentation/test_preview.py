"""What is shown before training is what training would see."""

import numpy as np
import pytest

from mlcore.data import augmentation
from mlcore.data.augmentation import preview
from mlcore.recipe import Augmentation
from mlcore.settings import fields


class Split:
    def __init__(self, labels, at_hand=None):
        self.labels = np.array(labels)
        self.at_hand = np.arange(len(labels)) if at_hand is None else np.array(at_hand)


def test_pictures_of_different_classes_come_first():
    split = Split([0] * 50 + [1] * 2 + [2])

    assert sorted(split.labels[preview.chosen(split, 3, seed=0)]) == [0, 1, 2]
    assert len(set(preview.chosen(split, 6, seed=0).tolist())) == 6
    assert len(preview.chosen(split, 99, seed=0)) == 53


def test_only_what_is_at_hand_is_shown_and_another_draw_shows_others():
    split = Split([0] * 100, at_hand=range(0, 100, 3))

    draws = [tuple(preview.chosen(split, 3, seed)) for seed in range(5)]

    assert set(np.ravel(draws)) <= set(split.at_hand)
    assert len(set(draws)) == 5


def test_copies_are_those_of_as_many_epochs(noise):
    pictures, settings = noise(3), Augmentation(flip=True, shift=2)

    copies = preview.variants(pictures, settings, 4, seed=7)

    assert copies.shape == (3, 4, 12, 12, 3)
    for epoch in range(4):
        random = np.random.default_rng([7, epoch])
        expected = augmentation.apply(pictures, settings, epoch, np.arange(3), random)
        np.testing.assert_array_equal(copies[:, epoch], expected)


def test_mixing_is_shown_too_and_needs_a_second_picture(noise):
    pictures = noise(3)

    assert (preview.variants(pictures, Augmentation(mixup=1.0), 4, seed=0) != pictures[:, None]).any()
    np.testing.assert_array_equal(
        preview.variants(pictures[:1], Augmentation(mixup=1.0), 1, seed=0)[:, 0], pictures[:1]
    )


@pytest.mark.parametrize("settings", [Augmentation(), Augmentation(rotate=7, flip=True)])
def test_each_change_is_shown_alone_at_its_strength_or_at_a_third_of_its_range(settings):
    alone = preview.alone(settings)

    assert list(alone) == [spec.label for spec in fields(Augmentation)]
    for spec, only in zip(fields(Augmentation), alone.values(), strict=True):
        values = {name: value for name, value in only.model_dump().items() if value}
        third = True if spec.high is None else pytest.approx(spec.high / 3, abs=1)
        assert values == {spec.name: getattr(settings, spec.name) or third}
    assert preview.is_off(settings) == (settings == Augmentation())
