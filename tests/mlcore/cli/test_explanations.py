"""The report and the grade from the command line."""

import json

import numpy as np
import pytest
from PIL import Image

from mlcore import cli, data, library
from mlcore.explanation import judge


def ask(capsys, *words):
    status = cli.main([*map(str, words), "--json"])
    told = capsys.readouterr()
    return status, json.loads(told.out), told.err


def test_judge_ranks_the_methods_and_keeps_the_report(capsys, tiny_model):
    words = ["judge", tiny_model, "--pictures", "3", "--methods", "gradient,grad-cam", "--seed", "5"]
    status, told, heard = ask(capsys, *words)

    assert status == 0
    assert told["id"] == tiny_model
    assert {row["method"] for row in told["rows"]} == {"gradient", "grad-cam", "centre", "edges"}
    assert all(row["gain"]["low"] <= row["gain"]["value"] <= row["gain"]["high"] for row in told["rows"])
    assert told["sentence"].startswith("Over 3 pictures, ")
    assert "of 12 maps" in heard
    assert judge.load(library.open(tiny_model)).to_json() == {name: told[name] for name in told if name != "id"}


def test_judge_says_it_in_words(capsys, tiny_model):
    assert cli.main(["judge", tiny_model, "--pictures", "2", "--methods", "gradient"]) == 0
    said = capsys.readouterr().out

    assert said.startswith("Over 2 pictures, ")
    assert "Middle of the picture" in said or "centre" in said


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["judge", "nobody"], "unknown-model"),
        (["judge", "tiny", "--methods", "gradeint"], "unknown-name"),
        (["judge", "tiny", "--data", "nothing"], "unknown-data"),
        (["judge", "tiny", "--pictures", "1"], "bad-setting"),
        (["judge", "tiny", "--pictures", "few"], "bad-setting"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_judged_is_refused(capsys, tiny_model, words, kind):
    status, told, heard = ask(capsys, *words)

    assert (status, told["error"]["kind"]) == (2, kind)
    assert heard.strip() == told["error"]["message"]


def test_explain_can_add_the_grade(capsys, tiny_model, tmp_path):
    path = tmp_path / "picture.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)).save(path)

    status, told, _ = ask(capsys, "explain", tiny_model, path, "--method", "gradient", "--grade")

    assert status == 0
    assert told["grade"]["verdict"] in ("believe", "unclear", "looks nice")
    assert told["grade"]["deletion"]["random"]["n"] == 39
    assert "grade" not in ask(capsys, "explain", tiny_model, path, "--method", "gradient")[1]


def test_judge_says_that_the_data_arent_those_that_the_model_learned_from(tiny_model, tiny_data, shapes_folder, capsys):
    data.remove("shapes")
    data.add(shapes_folder, "shapes", seed=1)

    status, told, _ = ask(capsys, "judge", tiny_model, "--pictures", "2", "--methods", "gradient")

    assert status == 0
    assert "isn't the one that this model learned from" in told["note"]
