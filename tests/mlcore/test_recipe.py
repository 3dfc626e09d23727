"""A recipe is its own name."""

import pytest

from mlcore.errors import Refused
from mlcore.recipe import Augmentation, Recipe, Training
from mlcore.settings import fields, read


def test_the_same_recipe_has_the_same_id_and_any_change_another():
    one = Recipe(data="digits", architecture="mlp")
    same = Recipe.model_validate_json(one.model_dump_json())
    other = one.model_copy(update={"training": Training(seed=1)})

    assert one.id == same.id
    assert one.id != other.id


def test_the_id_does_not_depend_on_the_order_of_settings():
    one = Recipe(data="d", architecture="a", settings={"x": 1, "y": 2})
    two = Recipe(data="d", architecture="a", settings={"y": 2, "x": 1})

    assert one.id == two.id


def test_a_recipe_keeps_the_id_that_version_0_1_gave_it_and_a_new_setting_makes_another():
    first = Augmentation(flip=True, shift=3, rotate=20, zoom=0.3, brightness=0.5, contrast=0.5)
    first = first.model_copy(update={"invert": True, "strokes": 0.5, "cutout": 4})
    varied = Recipe(data="digits", architecture="cnn", training=Training(augmentation=first))
    salted = first.model_copy(update={"salt_pepper": 0.05})

    assert Recipe(data="digits", architecture="cnn").id == "0c678da5"
    assert varied.id == "a4caa87f"
    assert varied.model_copy(update={"training": Training(augmentation=salted)}).id != varied.id


@pytest.mark.parametrize("values", [{"epochs": 0}, {"learning_rate": float("nan")}, {"optimizer": "sgd"}, {"rate": 1}])
def test_a_bad_setting_is_refused_in_a_sentence_that_names_it(values):
    with pytest.raises(Refused) as refused:
        read(Training, values)

    assert refused.value.kind == "bad-setting"
    assert next(iter(values)) in refused.value.message


def test_every_training_setting_has_help_and_a_default_within_its_bounds():
    for field in fields(Training):
        assert len(field.help) > 10, field.name
        if field.low is not None:
            assert field.low <= field.default <= field.high, field.name
