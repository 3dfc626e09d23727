"""Versions of a data set from the command line."""

import json

import pytest

from mlcore import cli, data


def ask(capsys, *words):
    """Exit status, the JSON document, and what stood on stderr."""
    status = cli.main([*map(str, words), "--json"])
    told = capsys.readouterr()
    return status, json.loads(told.out), told.err


def test_a_list_of_labels_from_another_tool_is_taken_in(capsys, tiny_data, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("\ufeffLabel,note,File\ndisc,x,cross/00.png\nring,,cross/01.png\n,,cross/02.png\n")
    status, told, _ = ask(capsys, "data", "label", "shapes", path, "--why", "by hand")

    assert (status, told["version"]) == (0, 2)
    assert told["classes"] == {"cross": 18, "disc": 21, "ring": 1, "square": 20}
    assert data.history("shapes")[-1].why == "by hand"


def test_a_list_as_a_spreadsheet_saves_it_is_taken_in(capsys, tiny_data, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_bytes("file;label;note\ncross/00.png;Käfer;a, b\ncross/01.png;disc;\n".encode("cp1252"))
    status, told, _ = ask(capsys, "data", "label", "shapes", path)

    assert (status, told["classes"]) == (0, {"Käfer": 1, "cross": 18, "disc": 21, "square": 20})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "begins with the columns nothing"),
        ("a,b\n1,2\n", "begins with the columns a, b"),
        ("file,label\nnobody.png,disc\n", "Line 2 of the list names 'nobody.png', which isn't in the data set"),
        ("file,label\n00.png,disc\n", "3 pictures are called so"),
        ("row,label\n60,disc\n", "Line 2 of the list names '60'"),
        ("row,label\n5,disc\n5,cross\n", "two classes, 'disc' and 'cross'"),
        ("row,label\n5,\n", "No line of the list gives a picture a class"),
        ("row,label\n5," + "x" * 200_000, "The list can't be read: field larger than field limit"),
    ],
)
def test_a_list_that_cant_be_followed_changes_nothing(capsys, tiny_data, tmp_path, text, words):
    path = tmp_path / "labels.csv"
    path.write_text(text)
    status, told, _ = ask(capsys, "data", "label", "shapes", path)

    assert status == 2
    assert words in told["error"]["message"]
    assert data.open("shapes").version == 1


def test_what_the_page_does_can_be_done_by_words(capsys, tiny_data):
    edits = ["--relabel", "0-2,4=disc", "--move", "5=test", "--rename", "square=box", "--drop", "50"]
    status, told, _ = ask(capsys, "data", "edit", "shapes", *edits)

    assert (status, told["classes"]) == (0, {"box": 19, "cross": 16, "disc": 24})
    assert ask(capsys, "data", "undo", "shapes")[1]["version"] == 1
    assert ask(capsys, "data", "redo", "shapes")[1]["fingerprint"] == told["fingerprint"]
    assert ask(capsys, "data", "go", "shapes", "1")[1]["fingerprint"] == tiny_data.fingerprint
    versions = ask(capsys, "data", "history", "shapes")[1]["versions"]
    assert [(each["number"], each["pictures"], each["current"]) for each in versions] == [(1, 60, True), (2, 59, False)]


@pytest.mark.parametrize(
    "edits",
    [
        [],
        ["--relabel", "5"],
        ["--drop", "9-5"],
        ["--drop", "x"],
        ["--drop", "60"],
        ["--drop", "0-999999999"],
        ["--rename", "a=b"],
    ],
)
def test_words_that_say_nothing_are_refused(capsys, tiny_data, edits):
    status, told, _ = ask(capsys, "data", "edit", "shapes", *edits)

    assert (status, told["error"]["kind"]) == (2, "bad-setting")


def test_a_set_is_described_and_exported(capsys, tiny_data, tmp_path):
    ask(capsys, "data", "about", "shapes", "--from", "a script", "--license", "CC0", "--note", "small")
    assert ask(capsys, "data", "about", "shapes")[1] == {
        "name": "shapes",
        "origin": "a script",
        "license": "CC0",
        "note": "small",
    }
    status, told, _ = ask(capsys, "data", "export", "shapes", "--out", tmp_path / "out.zip")

    assert (status, told["pictures"], told["bytes"]) == (0, 60, (tmp_path / "out.zip").stat().st_size)
    assert data.add(tmp_path / "out.zip", "again").fingerprint == tiny_data.fingerprint


def test_more_pictures_are_the_next_version(capsys, tiny_data, shapes_folder):
    status, told, _ = ask(capsys, "data", "extend", "shapes", shapes_folder)

    assert (status, told["version"], told["classes"]) == (0, 2, {"cross": 40, "disc": 40, "square": 40})
    assert ask(capsys, "data", "extend", "nothing", shapes_folder)[1]["error"]["kind"] == "unknown-data"


def test_removing_says_which_models_learned_from_it(capsys, tiny_model):
    assert ask(capsys, "data", "remove", "shapes")[1] == {"removed": "shapes", "needed_by": ["tiny"]}
