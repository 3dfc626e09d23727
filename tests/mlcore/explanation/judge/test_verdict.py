"""The rule that turns numbers into words."""

from types import SimpleNamespace

import pytest

from mlcore.explanation.judge.likeness import ALIKE, Likeness
from mlcore.explanation.judge.verdict import SAID, sentence, verdict


def curve(area, random, moves=True):
    return SimpleNamespace(area=area, random_areas=tuple(random), moves=moves, blind_areas=())


def like(value):
    return Likeness(value, value, value, 2)


def found(beaten=39, randomisation=0.1, stability=0.9, seeds=0.9, moves=True):
    """What checks find of a map that is more faithful than so many of 39 random maps."""
    alike = {"randomisation": randomisation, "stability": stability, "seeds": seeds}
    measured = {name: value if value is None else like(value) for name, value in alike.items()}
    return measured | {
        "deletion": curve(0.0, [0.0] * 39, moves),
        "insertion": curve(beaten - 0.5, range(39), moves),
        "fidelity": None,
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "believe"),
        ({"seeds": None}, "believe"),
        ({"seeds": None, "stability": None, "randomisation": None}, "believe"),
        ({"beaten": 38}, "unclear"),
        ({"beaten": 20}, "unclear"),
        ({"beaten": 19}, "looks nice"),
        ({"beaten": 0}, "looks nice"),
        ({"stability": 0.4}, "unclear"),
        ({"seeds": 0.4}, "unclear"),
        ({"stability": ALIKE, "seeds": ALIKE}, "believe"),
        ({"randomisation": ALIKE}, "looks nice"),
        ({"randomisation": -0.9}, "believe"),
        ({"moves": False}, "unclear"),
        ({"moves": False, "beaten": 0}, "unclear"),
    ],
    ids=str,
)
def test_the_verdict_follows_from_the_checks(given, expected):
    assert verdict(found(**given)) == expected


@pytest.mark.parametrize("missing", ["deletion", "insertion"])
def test_nothing_is_believed_that_wasnt_compared_with_random_maps(missing):
    given = found() | {missing: None}

    assert verdict(given) == "unclear"
    assert "it wasn't compared with random maps" in sentence(given)


def test_a_believed_map_says_why():
    assert sentence(found(seeds=None)) == (
        "Believe it: its strongest places matter more to the network than those of all 39 random maps, "
        "a network with random weights gives another map, and a little noise leaves it as it is."
    )


def test_what_failed_comes_first_and_what_held_after_it():
    assert sentence(found(beaten=38, stability=0.2, seeds=None)) == (
        "Unclear: 1 of 39 random maps does as well and a little noise in the picture changes it. "
        "Still, a network with random weights gives another map."
    )


@pytest.mark.parametrize(("name", "given"), [("randomisation", 0.8), ("stability", 0.1), ("seeds", 0.1)])
def test_each_check_that_failed_is_named(name, given):
    assert SAID[name][1] in sentence(found(**{name: given}))
    assert SAID[name][1] not in sentence(found())


def test_a_map_that_failed_everything_has_nothing_said_for_it():
    said = sentence(found(beaten=3, randomisation=0.9, stability=0.1, seeds=0.1))

    assert said.startswith("It looks nice, but 36 of 39 random maps do as well, ")
    assert "Still" not in said


def test_a_map_that_the_middle_of_the_picture_matches_isnt_believed():
    """It beats all 39 random maps, but the middle of the picture reaches 40 and the map 38.5."""
    given = found(seeds=None)
    given["insertion"].blind_areas, given["deletion"].blind_areas = (40.0, 1.0), (0.0, 0.0)

    assert verdict(given) == "unclear"
    assert sentence(given).startswith("Unclear: the middle of the picture does as well, without knowing the network.")
