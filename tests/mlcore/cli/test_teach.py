"""The verbs `teach` and `train --best-in` on the command line."""

import json

import pytest

from mlcore import cli, library


def ask(capsys, *words):
    """Exit status, the JSON document, and what stood on stderr."""
    status = cli.main([*words, "--json"])
    told = capsys.readouterr()
    return status, json.loads(told.out), told.err


@pytest.mark.slow
def test_teach_makes_a_model_and_says_how_good_it_is(capsys, tiny_data):
    status, told, _ = ask(capsys, "teach", "--data", "shapes", "--per-class", "8", "--title", "Shapes by hand")

    assert status == 0
    assert library.card_of(told["id"]).title == "Shapes by hand"
    assert told["pictures"] == 24
    assert {"value", "low", "high", "n"} == told["accuracy"].keys() == told["cross_validated"].keys()
    assert told["fit_seconds"] < 10


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("--data", "nothing"), "unknown-data"),
        (("--data", "shapes", "--backbone", "nothing"), "unknown-model"),
        (("--data", "shapes", "--per-class", "-1"), "bad-setting"),
    ],
)
def test_what_cant_be_taught_is_refused_before_anything_starts(capsys, tiny_data, home, words, kind):
    status, told, _ = ask(capsys, "teach", *words)

    assert (status, told["error"]["kind"]) == (2, kind)
    assert not (home / "models").exists()


def test_best_in_chooses_by_itself_or_not_at_all(capsys, tiny_data):
    status, told, _ = ask(capsys, "train", "--data", "shapes", "--best-in", "1", "--architecture", "cnn")

    assert (status, told["error"]["kind"]) == (2, "bad-setting")


@pytest.mark.slow
def test_best_in_keeps_to_its_time(capsys, tiny_data):
    status, told, said = ask(capsys, "train", "--data", "shapes", "--best-in", "0.25")

    assert status == 0
    assert "For 0.25 minutes" in said
    assert library.card_of(told["id"]).seconds < 15
