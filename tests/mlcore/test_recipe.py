"""A recipe is its own name."""

import pytest

from mlcore.errors import Refused
from mlcore.recipe import Recipe, Training
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
