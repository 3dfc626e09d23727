"""What a sweep varies: read from a text, cut into a grid, drawn from."""

import pytest

from mlcore.errors import Refused
from mlcore.jobs.sweeps.methods import METHODS
from mlcore.jobs.sweeps.space import Axis, grid, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("settings.width=16,32", Axis(key="settings.width", values=(16, 32))),
        ("training.optimizer=adam,nesterov", Axis(key="training.optimizer", values=("adam", "nesterov"))),
        ("training.augmentation.flip=true,false", Axis(key="training.augmentation.flip", values=(True, False))),
        ("settings.hidden=[64],[64,64]", Axis(key="settings.hidden", values=([64], [64, 64]))),
        ("a=0.001..0.1:log", Axis(key="a", low=0.001, high=0.1, log=True)),
        ("a=0.5..1", Axis(key="a", low=0.5, high=1)),
        ("a=2..10:5", Axis(key="a", low=2, high=10, whole=True, points=5)),
        ("a=1..100:log:4", Axis(key="a", low=1, high=100, log=True, whole=True, points=4)),
    ],
)
def test_a_text_is_read(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize("text", ["", "a", "a=", "=1,2", "a=2..1", "a=x..y", "a=0..1:log", "a=1..2:sqrt", "a=1..2:1"])
def test_what_cant_be_read_is_refused(text):
    with pytest.raises(Refused):
        parse(text)


def test_a_logarithmic_grid_has_equal_factors():
    assert parse("a=0.001..0.1:log:3").grid() == [0.001, 0.01, 0.1]


def test_a_range_of_few_whole_numbers_has_no_doubles():
    assert parse("a=2..3:9").grid() == [2, 3]


def test_a_grid_is_every_combination():
    assert grid((parse("a=1,2"), parse("b=x,y"))) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]


AXES = (parse("rate=0.001..0.1:log"), parse("width=8..64"), parse("hidden=[8],[8,8]"))


@pytest.mark.parametrize("name", METHODS)
def test_members_lie_in_the_space_and_the_same_seed_chooses_the_same(name):
    told = [({"rate": 0.01, "width": 16, "hidden": [8]}, 0.5), ({"rate": 0.02, "width": 8, "hidden": [8, 8]}, None)]
    chosen = [METHODS[name](AXES, told[:count], seed=3) for count in (0, 1, 2)]

    assert chosen == [METHODS[name](AXES, told[:count], seed=3) for count in (0, 1, 2)]
    for values in chosen:
        assert 0.001 <= values["rate"] <= 0.1
        assert 8 <= values["width"] <= 64
        assert isinstance(values["width"], int)
        assert values["hidden"] in ([8], [8, 8])


def test_random_members_fill_a_logarithmic_range_evenly():
    """400 draws, seed 0: each third of the decades holds a third, within 4 standard deviations (0.094)."""
    axes = (parse("rate=0.001..1:log"),)
    drawn = [METHODS["random"](axes, [({}, None)] * count, seed=0)["rate"] for count in range(400)]
    for low in (0.001, 0.01, 0.1):
        share = sum(low <= value < 10 * low for value in drawn) / 400

        assert share == pytest.approx(1 / 3, abs=0.094)


def test_tpe_learns_where_the_best_ones_were():
    """The score falls with the distance from 0.01 (in decades). After 25 members told, 8 seeds: nearer than chance.

    Even draws over two decades lie 0.5 decades away on average; half of that, 0.25, in the mean of 8 is beyond
    4 standard errors (0.29 / sqrt(8) = 0.1 each) of it.
    """
    from math import log10

    axes = (parse("rate=0.001..0.1:log"),)

    def score(values):
        return -abs(log10(values["rate"]) + 2)

    distances = []
    for seed in range(8):
        told = []
        for _ in range(25):
            values = METHODS["random"](axes, told, seed)
            told.append((values, score(values)))
        distances.append(-score(METHODS["tpe"](axes, told, seed)))

    assert sum(distances) / len(distances) < 0.25
