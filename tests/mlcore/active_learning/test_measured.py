"""The figures that the page quotes are those that were measured."""

import json
from pathlib import Path

import pytest

from mlcore.active_learning import measured

RESULTS = json.loads((Path(__file__).parents[3] / "benchmarks/results/active_labelling.json").read_text())["result"]
HELPED, BY_LOT = "typical, then margin from 5 a class on", "random"
# The text, the set, the way of labelling, the figure, after how many labels, and how the text has it.
QUOTED = [
    ("BEGINNING", "ants-and-bees", HELPED, "accuracy", 10, "91.7 %"),
    ("BEGINNING", "ants-and-bees", BY_LOT, "accuracy", 10, "80.2 %"),
    ("BEGINNING", "cifar10", HELPED, "accuracy", 20, "42.1 %"),
    ("BEGINNING", "cifar10", BY_LOT, "accuracy", 20, "34.3 %"),
    ("GOING_ON", "ants-and-bees", HELPED, "right at 50%", 60, "98.0 %"),  # of two classes one has half at least
    ("GOING_ON", "ants-and-bees", BY_LOT, "right at 50%", 60, "94.4 %"),
    ("GOING_ON", "cifar10", HELPED, "more_than_random", 60, "4.7 points"),
    ("GOING_ON", "uneven", HELPED, "more_than_random", 300, "by 7.5"),
    ("GUESSING", "ants-and-bees", HELPED, "right at 90%", 10, "98.5 %"),
]


@pytest.mark.parametrize(
    ("text", "name", "way", "figure", "labels", "quoted"), [each for each in QUOTED if each[1] in RESULTS]
)
def test_each_figure_is_in_the_results(text, name, way, figure, labels, quoted):
    row = RESULTS[name][way]
    value = 100 * row[figure][row["labels"].index(labels)]["mean"]

    assert quoted in getattr(measured, text)
    assert f"{value:.1f}" in quoted


@pytest.mark.skipif("cifar10" not in RESULTS, reason="not measured again yet")
def test_that_help_is_level_with_chance_in_the_end_is_within_its_interval():
    row = RESULTS["cifar10"][HELPED]
    gain = row["more_than_random"][row["labels"].index(300)]

    assert abs(gain["mean"]) < gain["interval"]
