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
    ("BEGINNING", "cifar10", HELPED, "accuracy", 20, "45.1 %"),
    ("BEGINNING", "cifar10", BY_LOT, "accuracy", 20, "34.3 %"),
    ("GOING_ON", "ants-and-bees", HELPED, "right at 50%", 60, "98.0 %"),  # of two classes one has half at least
    ("GOING_ON", "ants-and-bees", BY_LOT, "right at 50%", 60, "94.4 %"),
    ("GOING_ON", "uneven", HELPED, "accuracy", 300, "55.8 %"),
    ("GOING_ON", "uneven", BY_LOT, "accuracy", 300, "48.7 %"),
    ("GUESSING", "ants-and-bees", HELPED, "right at 90%", 10, "98.5 %"),
    ("GUESSING", "cifar10", HELPED, "right at 90%", 100, "91.9 %"),
]


@pytest.mark.parametrize(("text", "name", "way", "figure", "labels", "quoted"), QUOTED)
def test_each_figure_is_in_the_results(text, name, way, figure, labels, quoted):
    row = RESULTS[name][way]
    value = 100 * row[figure][row["labels"].index(labels)]["mean"]

    assert quoted in getattr(measured, text)
    assert f"{value:.1f}" in quoted


@pytest.mark.parametrize(("way", "quoted"), [(HELPED, "took 72 labels"), (BY_LOT, "by lot 115")])
def test_the_labels_that_it_takes_are_those_of_the_results(way, quoted):
    assert quoted in measured.GOING_ON
    assert f"{RESULTS['cifar10'][way]['labels for 60%']['median']:.0f}" in quoted


def test_for_new_ants_and_bees_help_is_level_with_chance_after_60_labels_within_its_interval():
    row = RESULTS["ants-and-bees"][HELPED]
    gain = row["more_than_random"][row["labels"].index(60)]

    assert abs(gain["mean"]) < gain["interval"]


def test_with_uneven_classes_help_is_ahead_by_more_than_its_interval():
    row = RESULTS["uneven"][HELPED]
    gain = row["more_than_random"][row["labels"].index(300)]

    assert gain["mean"] > gain["interval"]
