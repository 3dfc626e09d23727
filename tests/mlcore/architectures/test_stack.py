"""Rows by hand: shapes and weights in closed form agree with Keras', and what can't be is said in words."""

import numpy as np
import pytest

from mlcore import architectures
from mlcore.architectures import rows, stack
from mlcore.architectures.templates import TEMPLATES
from mlcore.errors import Kind, Refused
from mlcore.recipe import Recipe
from mlcore.training import checked, draft

SHAPE, CLASSES = (12, 10, 3), 4


def random_row(kind: str, rng, number: int) -> dict:
    """A row of that kind with every setting drawn."""
    drawn = {
        "filters": int(rng.integers(1, 9)),
        "units": int(rng.integers(1, 9)),
        "kernel": int(rng.integers(1, 5)),
        "stride": int(rng.integers(1, 4)),
        "padding": str(rng.choice(["same", "valid"])),
        "activation": str(rng.choice(list(rows.ACTIVATIONS))),
        "rate": 0.25,
        "row": int(rng.integers(0, number)),
    }
    return {name: {**drawn, "type": kind}[name] for name in rows.KINDS[kind].model_fields}


def random_stack(seed: int) -> list[dict]:
    """Rows drawn one after the other, each kept when the closed form takes it; the stack ends in plain numbers."""
    rng, kept = np.random.default_rng(seed), []
    for _ in range(14):
        row = random_row(str(rng.choice(list(rows.KINDS))), rng, len(kept) + 1)
        if not any(line.trouble for line in stack.lines([*kept, row], SHAPE, CLASSES)[:-1]):
            kept.append(row)
    return kept if not stack.trouble(stack.lines(kept, SHAPE, CLASSES)) else [*kept, {"type": "flatten"}]


@pytest.mark.parametrize("seed", range(12))
def test_shapes_and_parameters_are_those_of_keras(seed):
    chosen = random_stack(seed)
    found = stack.lines(chosen, SHAPE, CLASSES)
    model = architectures.build("layers", {"layers": chosen}, SHAPE, CLASSES)

    built = [model.get_layer(f"row_{number}") for number in range(1, len(chosen) + 1)] + [model.layers[-1]]
    assert [line.shape for line in found] == [layer.output.shape[1:] for layer in built]
    assert [line.parameters for line in found] == [layer.count_params() for layer in built]


def test_the_random_stacks_hold_every_kind():
    assert {row["type"] for seed in range(12) for row in random_stack(seed)} == set(rows.KINDS)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_can_be_built(name):
    assert stack.trouble(stack.lines(TEMPLATES[name], (28, 28, 3), 10)) is None


def test_the_residual_template_skips_what_it_says():
    """Each shortcut comes from the activation that its block began with."""
    template = TEMPLATES["Residual"]
    joins = {at: row["row"] for at, row in enumerate(template, 1) if row["type"] == "add"}

    assert [template[row - 1]["type"] for row in joins.values()] == ["activation", "activation"]
    assert [at - row for at, row in joins.items()] == [6, 6]


def trouble(*chosen, shape=(8, 8, 3)) -> str:
    found = stack.trouble(stack.lines(chosen, shape, 3))
    assert found.endswith(".")
    return found


FLAT, CONV, POOL = {"type": "flatten"}, {"type": "convolution"}, {"type": "max-pooling"}


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ([], "The last row gives a map (8 x 8 x 3); end with a flatten or a global pooling."),
        ([{"type": "dense"}], "Row 1 (dense) needs plain numbers, but gets a map of 8 x 8 x 3; put a flatten"),
        ([FLAT, CONV], "Row 2 (convolution) needs a map, but gets 192 numbers."),
        ([FLAT, FLAT], "Row 2 (flatten) needs a map, but gets 192 numbers."),
        ([POOL, POOL, POOL, POOL], "Row 4 (max pooling) has a window of 2 x 2, which doesn't fit into a map of 1 x"),
        ([CONV, {"type": "add", "row": 0}], "Row 2 (add) joins a map of 8 x 8 x 32 and a map of 8 x 8 x 3 of row 0"),
        ([CONV, POOL, {"type": "concatenate", "row": 1}], "Row 3 (concatenate) joins a map of 4 x 4 x 32 and"),
        ([CONV, {"type": "add", "row": 1}], "Row 2 (add) needs an earlier row than the one before it, and 1 isn't."),
        ([CONV, {"type": "add", "row": 9}], "Row 2 (add) needs an earlier row than the one before it, and 9 isn't."),
        ([{"type": "lambda"}], 'Row 1 has no known "type"; there are convolution, max-pooling'),
        ([{"type": "dense", "filters": 3}], "Row 1 has no 'filters'; it has units, activation."),
        ([{"type": "dropout", "rate": 2}], "Row 1 can't have rate 2; it should be less than or equal to 0.95."),
        (["dense"], 'Row 1 has no known "type"'),
        ([FLAT] + [{"type": "dense", "units": 1}] * 100, "There are 101 rows; allowed are 100."),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(chosen, sentence):
    assert trouble(*chosen).startswith(sentence)


def test_too_many_numbers_or_weights_are_refused_before_anything_is_built():
    wide = {"type": "convolution", "filters": 1024}
    with pytest.raises(Refused, match=r"Row 1 .* which is too much"):
        architectures.build("layers", {"layers": [wide, FLAT]}, (224, 224, 3), 10)
    with pytest.raises(Refused, match=r"would have \S+ parameters; allowed are 200,000,000"):
        architectures.build("layers", {"layers": [FLAT, {"type": "dense", "units": 8192}]}, (224, 224, 3), 10)


def test_only_the_first_wrong_row_is_blamed():
    found = stack.lines([CONV, {"type": "dense"}, POOL, FLAT], (8, 8, 3), 3)

    assert [bool(line.trouble) for line in found] == [False, True, False, False, False]
    assert [line.shape for line in found[1:]] == [None] * 4


def test_rows_reach_the_recipe_from_the_command_line_and_from_a_file():
    given = draft("digits", "layers", None, ['settings.layers=[{"type":"flatten"},{"type":"dense","units":7}]'])

    assert given.settings["layers"][1] == {"type": "dense", "units": 7, "activation": "relu"}
    assert checked(given.model_dump(mode="json")) == given
    assert given.id != draft("digits", "layers").id
    assert Recipe.model_validate_json(given.model_dump_json()) == given


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"type":"flatten"},{"type":"dense","units":0}]', "Row 2 can't have units 0; it should be greater than"),
        ("7", "Layers are a list of rows."),
    ],
)
def test_a_bad_row_on_the_command_line_is_named(text, sentence):
    with pytest.raises(Refused) as refusal:
        draft("digits", "layers", None, [f"settings.layers={text}"])

    assert refusal.value.kind == Kind.BAD_SETTING
    assert refusal.value.message.startswith(sentence)


def test_a_stack_that_doesnt_suit_the_data_is_refused_before_anything_starts():
    with pytest.raises(Refused, match=r"Row 1 \(dense\) needs plain numbers, but gets a map of 16 x 16 x 3"):
        draft("digits", "layers", None, ['settings.layers=[{"type":"dense"}]'])


def test_moved_rows_take_their_shortcuts_along():
    begun = [CONV, POOL, CONV, CONV, {"type": "add", "row": 3}]

    assert stack.reorder(begun, [3, 1, 2, 4, 5])[4]["row"] == 1
    assert stack.reorder(begun, [1, 1, 2, 3, 4, 5])[5]["row"] == 4
    assert stack.reorder(begun, [1, 3, 4, 5])[3]["row"] == 2
    assert begun[4]["row"] == 3
