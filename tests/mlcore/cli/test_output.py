"""A file that can't be written is refused before the work begins."""

import argparse
import json

import pytest

from mlcore import cli

VERBS = {
    "classify": ["classify", "nothing", "nothing.png", "--csv"],
    "explain": ["explain", "nothing", "nothing.png", "--method", "gradient", "--out"],
    "explain, numbers": ["explain", "nothing", "nothing.png", "--method", "gradient", "--npy"],
    "explain, many": ["explain", "nothing", "nothing.png", "--method", "gradient", "--zip"],
    "generate": ["generate", "nothing", "--out"],
    "repair": ["repair", "nothing", "nothing.png", "--out"],
}


def flags(parser: argparse.ArgumentParser) -> set[str]:
    """Every flag of a verb that names a file to write."""
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    deeper = [flags(each) for action in inner for each in action.choices.values()]
    own = {option for action in parser._actions for option in action.option_strings if "write" in str(action.help)}
    return own.union(*deeper)


def test_every_flag_that_writes_a_file_is_here():
    assert flags(cli.parser()) - {"--zip"} == {words[-1] for words in VERBS.values()} - {"--zip"}


@pytest.mark.parametrize("verb", VERBS)
def test_a_folder_that_is_missing_is_told_and_not_made(verb, tmp_path, capsys):
    """The model doesn't exist either: that isn't looked at before."""
    out = tmp_path / "reslts" / "mine" / "file"
    status = cli.main([*VERBS[verb], str(out), "--json"])

    told = json.loads(capsys.readouterr().out)["error"]
    assert (status, told["kind"]) == (2, "bad-setting")
    assert told["message"] == f"'{out}' can't be written: there is no folder '{out.parent}'. Make it first."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_folder_in_place_of_a_file_is_told(verb, tmp_path, capsys):
    assert cli.main([*VERBS[verb], str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"'{tmp_path}' is a folder: name a file in it to write to.\n"


def test_a_name_alone_is_a_file_where_one_is(tmp_path, monkeypatch):
    from mlcore.cli.output import checked

    monkeypatch.chdir(tmp_path)
    assert (checked("table.csv"), checked(str(tmp_path / "table.csv"))) == ("table.csv", str(tmp_path / "table.csv"))
