"""The command line tells a picture of something else, and measures how well a model does."""

import csv
import json

import numpy as np
import pytest

from mlcore import cli, images, library
from mlcore.evaluation import out_of_distribution


@pytest.fixture
def noise(tmp_path):
    path = tmp_path / "noise.png"
    path.write_bytes(images.png(np.random.default_rng(0).integers(0, 256, (28, 28, 3), dtype=np.uint8)))
    return path


def document(capsys, *arguments):
    code = cli.main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_noise_is_flagged_and_a_digit_is_not(capsys, noise):
    code, found = document(
        capsys, "classify", "handwritten-digits", str(noise), str(library.STARTERS / "examples" / "seven.png")
    )

    told = [row["unlike"] for row in found["pictures"]]
    assert code == 0
    assert (told[0]["flagged"], told[0]["held_out"]) == (True, 2500)
    assert 0.95 < told[0]["score"] <= 1
    assert (told[1]["flagged"], 0 <= told[1]["score"] < 0.95) == (False, True)


def test_the_text_says_it_before_the_answer(capsys, noise):
    cli.main(["classify", "handwritten-digits", str(noise)])

    line = capsys.readouterr().out
    assert "unlike what it learned from (further away than 99 of 100); if one of its classes after all: " in line


def test_the_table_has_a_column_of_it(tmp_path, noise):
    cli.main(["classify", "handwritten-digits", str(noise), "--csv", str(tmp_path / "a.csv")])

    (row,) = csv.DictReader((tmp_path / "a.csv").read_text().splitlines())
    assert row["unlike"] == "True"
    assert float(row["unlike_score"]) > 0.95


def test_a_model_of_which_it_was_not_measured_says_so(capsys, tiny_model, noise):
    _, found = document(capsys, "classify", tiny_model, str(noise))
    cli.main(["classify", tiny_model, str(noise)])

    assert found["pictures"][0]["unlike"] is None
    assert "wasn't measured; `evaluate tiny` measures it" in capsys.readouterr().out


def test_evaluate_measures_what_is_missing_and_the_next_answer_tells(capsys, tiny_model, noise, monkeypatch):
    monkeypatch.setattr(out_of_distribution, "FEWEST", 3)
    monkeypatch.setattr(library.out_of_distribution, "FEWEST", 3)
    _, report = document(capsys, "evaluate", tiny_model)
    _, found = document(capsys, "classify", tiny_model, str(noise))

    assert report["unlike"]["held_out"] == found["pictures"][0]["unlike"]["held_out"] > 3
    assert library.card_of(tiny_model).unlike.caught["uniform noise"].n == 100


def test_evaluate_tells_the_rates_of_a_starter(capsys):
    cli.main(["evaluate", "handwritten-digits"])

    text = capsys.readouterr().out
    assert "flagged of others of that kind: 4.7 %" in text
    assert "flagged of uniform noise: 100.0 %" in text
