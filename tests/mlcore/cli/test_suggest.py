"""The verb `data suggest`: what to label next, what it is taken for, and a table that goes back in."""

import csv
import json

import numpy as np
import pytest

from mlcore import cli, data


def ask(capsys, *words):
    """Exit status and the JSON document."""
    status = cli.main(["data", "suggest", *words, "--json"])
    return status, json.loads(capsys.readouterr().out)


@pytest.fixture
def half(tiny_data):
    """The data set "shapes" with every second training picture unlabelled."""
    return data.edit("shapes", [data.Move(np.flatnonzero(tiny_data.split_codes == 0)[::2], "unlabelled")])


def test_it_names_unlabelled_pictures_with_guess_and_probability(capsys, half, tmp_path):
    status, told = ask(capsys, "shapes", "--count", "5", "--csv", str(tmp_path / "next.csv"))

    assert (status, told["unlabelled"], len(told["pictures"])) == (0, len(half.unlabelled), 5)
    assert told["accuracy"].keys() == {"value", "low", "high", "n"}
    for each in told["pictures"]:
        assert each["row"] in half.unlabelled
        assert each["file"] == half.names[each["row"]]
        assert each["class"] in half.classes
        assert 1 / 3 <= each["probability"] <= 1
    with open(tmp_path / "next.csv", newline="") as file:
        assert [row["file"] for row in csv.DictReader(file)] == [each["file"] for each in told["pictures"]]


def test_the_sure_ones_are_all_at_least_so_sure(capsys, half):
    everything = ask(capsys, "shapes", "--sure", "0")[1]["pictures"]
    middle = sorted(each["probability"] for each in everything)[len(everything) // 2]

    assert len(everything) == len(half.unlabelled)
    sure = ask(capsys, "shapes", "--sure", str(middle))[1]["pictures"]
    assert len(sure) == sum(each["probability"] >= middle for each in everything)


@pytest.mark.parametrize("words", [("--count", "0"), ("--sure", "1.5")])
def test_numbers_that_mean_nothing_are_refused(capsys, half, words):
    status, told = ask(capsys, "shapes", *words)

    assert (status, told["error"]["kind"]) == (2, "bad-setting")


def test_where_every_picture_has_a_class_there_is_nothing_to_suggest(capsys, tiny_data):
    assert ask(capsys, "shapes")[1]["pictures"] == []
