"""What a run tells of its recipe before it learns."""

from mlcore.data.augmentation.confusion import Confusion
from mlcore.recipe import Augmentation, Training
from mlcore.training.notices import confused, notices


def test_a_plain_recipe_needs_no_words(tiny_data):
    assert list(notices(Training(), tiny_data)) == []


def test_mixing_and_evening_out_are_told(tiny_data):
    mixed = Training(class_balance="sampling", augmentation=Augmentation(mixup=0.2))

    told = list(notices(mixed, tiny_data))

    assert "mixed two by two" in told[0]
    assert "a picture of cross (16) comes 1.1 times as often as one of square (17)" in told[1]


def test_of_many_confusions_the_worst_three_are_told_one_by_one():
    found = [Confusion("Mirrored left to right", "b", "d", 9 - n, 0, 10) for n in range(5)]

    assert confused(found).startswith("Mirrored left to right, 9 of 10 pictures of b look like d; as they are, 0 do.")
    assert "for 2 further pairs." in confused(found)
    assert "for 1 further pair." in confused(found[:4])
    assert "further" not in confused(found[:3])
