"""One declaration is the form, the flag, the check and the sentence of refusal."""

from typing import Annotated, Literal

import pytest
from pydantic import Field

from mlcore.errors import Kind, Refused
from mlcore.settings import Settings, choice, fields, number, override, read


class Inner(Settings):
    shift: int = number(0, 0, 16, "Largest shift")


class Needed(Settings):
    path: str = Field(description="Where")


class Example(Settings):
    units: tuple[Annotated[int, Field(ge=1)], ...] = choice((128,), "Units of each layer")
    rate: float = number(0.1, 0.0, 1.0, "Size of a step", label="Learning rate", expert=True)
    rounds: int = number(5, 1, 100, "How often")
    limit: int | None = number(None, 1, 9, "At most")
    kind: Literal["a", "b"] = choice("a", "Which")
    loud: bool = choice(False, "Whether to say so")
    title: str = choice("", "What it is called")
    inner: Inner = Inner()


def said(call, *arguments) -> str:
    with pytest.raises(Refused) as refusal:
        call(*arguments)
    assert refusal.value.kind == Kind.BAD_SETTING
    return refusal.value.message


def test_the_declaration_tells_a_form_everything():
    specs = {spec.name: spec for spec in fields(Example)}

    assert list(specs) == ["units", "rate", "rounds", "limit", "kind", "loud", "title"]
    assert {name: spec.type for name, spec in specs.items()} == {
        "units": "list",
        "rate": "number",
        "rounds": "integer",
        "limit": "integer",
        "kind": "choice",
        "loud": "flag",
        "title": "text",
    }
    assert (specs["rate"].label, specs["rate"].help, specs["rate"].expert) == ("Learning rate", "Size of a step", True)
    assert (specs["rounds"].default, specs["rounds"].low, specs["rounds"].high) == (5, 1, 100)
    assert (specs["limit"].optional, specs["limit"].low, specs["limit"].default) == (True, 1, None)
    assert specs["kind"].choices == ("a", "b")
    assert specs["units"].label == "Units"


def test_a_setting_that_must_be_given_has_no_default():
    assert fields(Needed)[0].default is None
    assert said(read, Needed, {}) == "The setting 'path' is missing."


def test_reading_what_was_dumped_gives_the_same():
    settings = read(Example, {"units": [64, 32], "inner": {"shift": 2}})

    assert read(Example, settings.model_dump(mode="json")) == settings
    assert settings.units == (64, 32)


def test_settings_never_change():
    with pytest.raises(ValueError, match="frozen"):
        Example().rounds = 6


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"rounds": 0}, "The setting 'rounds' can't be 0: input should be greater than or equal to 1."),
        ({"inner": {"shift": 17}}, "The setting 'inner.shift' can't be 17: input should be less than or equal to 16."),
        ({"units": [3, 0]}, "The setting 'units.1' can't be 0: input should be greater than or equal to 1."),
        ({"kind": "c"}, "The setting 'kind' can't be 'c': input should be 'a' or 'b'."),
        ({"rounds": "many"}, "The setting 'rounds' can't be 'many'"),
        ({"rate": float("nan")}, "The setting 'rate' can't be nan"),
        ({"rate": float("inf")}, "The setting 'rate' can't be inf"),
        ({"inner": {"turn": 1}}, "There is no setting 'inner.turn' here"),
        (
            {"speed": 1},
            "There is no setting 'speed' here; known: units, rate, rounds, limit, kind, loud, title, inner.",
        ),
        ([1, 2], "Settings are names with values, not [1, 2]."),
    ],
)
def test_a_bad_value_is_refused_in_one_sentence(values, sentence):
    message = said(read, Example, values)

    assert message.startswith(sentence)
    assert message.endswith(".")
    assert "\n" not in message


def test_a_huge_value_isnt_repeated_in_full():
    assert len(said(read, Example, {"kind": "x" * 100_000})) < 200


def test_settings_of_nothing_say_that_nothing_can_be_set():
    assert said(read, Settings, {"a": 1}) == "There is no setting 'a' here; nothing can be set."


def test_an_assignment_goes_as_deep_as_its_dots():
    values = {"training": {"epochs": 1}}

    changed = override(values, ["training.epochs=12", "training.schedule=cosine", "settings.hidden=[64, 32]", "a=true"])

    assert changed == {"training": {"epochs": 12, "schedule": "cosine"}, "settings": {"hidden": [64, 32]}, "a": True}
    assert values == {"training": {"epochs": 1}}


def test_the_last_assignment_counts_and_a_value_may_hold_the_sign():
    assert override({}, ["a=1", "a=x=y"]) == {"a": "x=y"}


@pytest.mark.parametrize("assignment", ["epochs", "", "=3", "  =3"])
def test_an_assignment_needs_a_key_and_a_sign(assignment):
    assert "write key=value" in said(override, {}, [assignment])


def test_a_plain_value_has_no_parts():
    assert "'epochs' has no parts" in said(override, {"epochs": 1}, ["epochs.first=2"])


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 65 + "]" * 65, "9" * 5000, "NaN"])
def test_a_value_that_no_document_may_hold_stays_text(text):
    assert override({}, [f"a={text}"]) == {"a": text}
