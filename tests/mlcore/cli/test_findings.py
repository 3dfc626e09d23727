"""`data check` says what is wrong inside, in the shape that scripts rely on, and mends it when asked."""

import json

import numpy as np
import pytest
from PIL import Image

from mlcore import cli, data


@pytest.fixture
def leaking(tmp_path, capsys):
    """Forty pictures of which two test pictures are training pictures, added by the verb; gives what it said."""
    for number in range(40):
        folder = tmp_path / "set" / ("test" if number >= 30 else "train") / "ab"[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        random = np.random.default_rng(number - 30 if number >= 38 else number)
        Image.fromarray(random.integers(0, 256, (16, 16, 3), "uint8")).save(folder / f"{number}.png")
    assert cli.main(["data", "add", str(tmp_path / "set"), "--name", "leaking", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_findings_have_the_shape_that_scripts_rely_on(leaking, capsys):
    assert cli.main(["data", "check", "leaking", "--quick", "--json"]) == 0

    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["kind"], found["severity"], found["count"]) == ("train-test-near-leak", "serious", 2)
    assert [name.split("/")[-1] for name in found["pictures"]] == ["38.png", "39.png"]
    assert found["message"].startswith("2 of 10 test pictures are near copies of one in train or val")


def test_a_remedy_makes_a_version(leaking, capsys):
    assert cli.main(["data", "check", "leaking", "--quick", "--apply", "train-test-near-leak"]) == 0

    assert "`data undo leaking` goes back" in capsys.readouterr().out
    assert data.open("leaking").splits["test"] == 8
    assert cli.main(["data", "check", "leaking", "--only", "train-test-near-leak"]) == 0
    assert capsys.readouterr().out == "Nothing was found.\n"


def test_a_kind_that_nothing_mends_is_refused(leaking, capsys):
    assert cli.main(["data", "check", "leaking", "--quick", "--apply", "blurry"]) == 2
    assert "nothing of the kind 'blurry'" in capsys.readouterr().err


def test_what_a_notice_told_isnt_told_twice_after_adding(leaking):
    assert leaking["findings"] == []
    assert "train-test-leak" in {notice["kind"] for notice in leaking["notices"]}
