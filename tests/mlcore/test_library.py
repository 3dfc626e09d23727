"""A folder with a card is a model; nothing else keeps count."""

import shutil

import pytest

from mlcore import library
from mlcore.errors import Refused
from mlcore.home import home


def test_a_finished_model_is_listed_and_opened(tiny_model):
    assert tiny_model in [card.id for card in library.all()]
    assert library.open(tiny_model).card.classes == ("cross", "disc", "square")


def test_a_copied_folder_is_another_model(tiny_model):
    shutil.copytree(library.folder(tiny_model), home() / "models" / "from-a-colleague")

    assert library.card("from-a-colleague").id == "from-a-colleague"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"id": 3}'])
def test_a_damaged_card_takes_only_its_own_model_away(tiny_model, damage):
    shutil.copytree(library.folder(tiny_model), home() / "models" / "broken")
    (home() / "models" / "broken" / "card.json").write_text(damage)

    assert [card.id for card in library.all() if not card.starter] == [tiny_model]


@pytest.mark.parametrize("name", ["nobody", "../models/tiny", "", "a/b", "."])
def test_an_unknown_name_is_refused_and_never_a_path(tiny_model, name):
    with pytest.raises(Refused) as refused:
        library.open(name)

    assert refused.value.kind == "unknown-model"


def test_removing_leaves_nothing(tiny_model):
    library.remove(tiny_model)

    assert not [card for card in library.all() if not card.starter]
    assert list((home() / "models").glob("*tiny*")) == []


def test_starters_stand_in_a_fresh_home_and_stay():
    starters = [card for card in library.all() if card.starter]

    assert starters, "the starter models are part of the project"
    for card in starters:
        assert card.accuracy.n >= 1000
        assert card.command.startswith("python -m mlcore train")
        with pytest.raises(Refused):
            library.remove(card.id)


def test_every_starter_answers():
    import numpy as np

    for card in library.all():
        prediction = library.open(card.id).predict(np.zeros(card.shape, "uint8"))

        assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-4)
        assert library.open(card.id).class_map(np.zeros(card.shape, "uint8")) is not None
