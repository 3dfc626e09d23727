"""Who answers when nobody chose: never just the newest."""

import pytest

from mlcore import library
from mlcore.library import labels
from mlcore.library.suited import suited


@pytest.mark.parametrize(
    ("size", "grey", "expected"),
    [
        ((28, 28), True, "handwritten-digits"),
        ((32, 32), False, "animals-and-vehicles"),
        ((63, 20), False, "animals-and-vehicles"),
        ((64, 20), False, "photographs"),
        ((3000, 4000), True, "photographs"),
        (None, False, "photographs"),
    ],
)
def test_the_picture_decides_and_not_the_newest_model(photographs, tiny_model, size, grey, expected):
    assert suited(library.classifiers(), size, grey).id == expected


def test_a_pinned_model_answers_whatever_the_picture(tiny_model):
    labels.write(tiny_model, labels.checked(pinned=True))

    assert suited(library.classifiers(), (28, 28), grey=True).id == tiny_model


def test_where_nothing_came_along_the_newest_answers(tiny_model):
    own = [card for card in library.classifiers() if not card.starter]

    assert suited(own, (28, 28)).id == tiny_model
