"""The command line keeps its contract: one JSON document, exit 0 or 2, and a sentence instead of a traceback."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mlcore import cli, durable, library
from mlcore.intervals import wilson
from mlcore.library.certainty import Certainty, Level
from mlcore.library.publish import write_card

ROOT = Path(cli.__file__).parents[2]


def ask(capsys, *words):
    """Exit status, the JSON document, and what stood on stderr."""
    status = cli.main([*map(str, words), "--json"])
    told = capsys.readouterr()
    return status, json.loads(told.out), told.err


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "picture.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)).save(path)
    return path


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "notes.png"
    path.write_text("this is no picture")
    return path


def test_check_tells_of_good_and_bad_files(capsys, picture, text):
    status, told, said = ask(capsys, "check", picture, text)

    assert (status, said) == (2, "Refused: 1 of 2 files.\n")
    assert ask(capsys, "check", picture)[0] == 0
    good, bad = told["files"]
    assert (good["accepted"], good["width"], good["height"]) == (True, 30, 20)
    assert (bad["accepted"], bad["kind"]) == (False, "not-an-image")


def test_data_is_added_listed_shown_and_removed(capsys, shapes_folder):
    status, added, _ = ask(capsys, "data", "add", shapes_folder, "--name", "mine", "--size", "12")
    listed = ask(capsys, "data", "list")[1]["data"]
    shown = ask(capsys, "data", "show", "mine")[1]

    assert status == 0
    assert added["classes"] == {"cross": 20, "disc": 20, "square": 20}
    assert sum(added["splits"].values()) == 60
    assert added["shape"] == [12, 12, 3]
    assert added.items() >= shown.items()  # beside what the quick checks found
    assert "mine" in [one["name"] for one in listed if one["stored"]]
    assert ask(capsys, "data", "remove", "mine")[0] == 0
    assert ask(capsys, "data", "show", "mine")[0] == 2


def test_models_are_listed_with_their_interval(capsys, tiny_model):
    _, told, _ = ask(capsys, "models")
    mine = next(one for one in told["models"] if one["id"] == tiny_model)

    assert mine["kind"] == "classifier"
    assert mine["accuracy"]["low"] <= mine["accuracy"]["value"] <= mine["accuracy"]["high"]


def test_classify_names_classes_and_bad_files(capsys, tiny_model, picture, text, tmp_path):
    table = tmp_path / "out.csv"
    status, told, _ = ask(capsys, "classify", tiny_model, picture, text, "--top", "2", "--csv", table)
    good, bad = told["pictures"]

    assert status == 0
    assert len(good["top"]) == 2
    assert good["top"][0]["probability"] >= good["top"][1]["probability"]
    assert bad["kind"] == "not-an-image"
    assert len(table.read_text().splitlines()) == 3


def test_classify_tells_the_set_and_what_was_measured_of_such_answers(capsys, tiny_model, picture, tmp_path):
    card, table = library.card_of(tiny_model), tmp_path / "out.csv"
    levels = (Level(low=0, high=1, right=15, n=20),)
    said = {"threshold": 1.5, "set_cut": 0.0, "certainty": Certainty(split="test", levels=levels)}
    write_card(library.folder(tiny_model), card.model_copy(update=said))

    (answer,) = ask(capsys, "classify", tiny_model, picture, "--csv", table)[1]["pictures"]

    assert answer["set"] == [each["class"] for each in answer["top"]]
    assert answer["measured"] == wilson(15, 20).to_json()
    (row,) = csv.DictReader(table.open())
    assert row["set"] == "; ".join(answer["set"])
    assert (float(row["such_right"]), int(row["such_n"])) == (0.75, 20)


def test_an_older_model_has_no_set_and_is_told_by_its_kept_answers(capsys, tiny_model, picture):
    older = {"certainty": None, "set_cut": None, "calibrated_on": None, "threshold": 0.5, "threshold_precision": 0.9}
    write_card(library.folder(tiny_model), library.card_of(tiny_model).model_copy(update=older))

    (answer,) = ask(capsys, "classify", tiny_model, picture)[1]["pictures"]

    assert answer["set"] is None
    assert answer["measured"]["n"] == library.card_of(tiny_model).accuracy.n
    assert library.card_of(tiny_model).threshold_precision == 0.9


def test_what_was_not_measured_is_said_and_nothing_is_certain(capsys, tiny_model, picture):
    unmeasured = {"certainty": None, "calibrated_on": None, "temperature": 0.001}
    write_card(library.folder(tiny_model), library.card_of(tiny_model).model_copy(update=unmeasured))
    (library.folder(tiny_model) / "evaluations" / "test.json").unlink()

    assert cli.main(["classify", tiny_model, str(picture)]) == 0
    text = capsys.readouterr().out
    assert "over 99.9%" in text
    assert "100.0%" not in text
    assert "wasn't measured" in text


def test_a_model_of_few_pictures_says_why_no_answer_is_sure(capsys, tiny_model, picture):
    validated = library.card_of(tiny_model).calibrated_on

    assert cli.main(["classify", tiny_model, str(picture)]) == 0
    assert f"measured on {validated} pictures only; it takes 35." in capsys.readouterr().out
    assert cli.main(["evaluate", tiny_model]) == 0


def test_classify_names_the_group_of_a_model_that_has_groups(capsys, tiny_model, picture):
    from mlcore import durable, library

    groups = [{"name": "thing with corners", "classes": "0 2"}, {"name": "round thing", "classes": "1"}]
    durable.write_json(library.folder(tiny_model) / "groups.json", groups)
    _, told, _ = ask(capsys, "classify", tiny_model, picture, "--top", "3")
    (answer,) = told["pictures"]
    share = {one["class"]: one["probability"] for one in answer["top"]}

    corners = share["cross"] + share["square"]
    assert answer["group"]["name"] == ("thing with corners" if corners > share["disc"] else "round thing")
    assert answer["group"]["probability"] == pytest.approx(max(corners, share["disc"]), abs=1e-5)


def test_a_model_without_groups_names_none(capsys, tiny_model, picture):
    assert "group" not in ask(capsys, "classify", tiny_model, picture)[1]["pictures"][0]


def test_classify_takes_folders_and_archives(capsys, tiny_model, shapes_folder, tmp_path):
    import shutil

    archive = shutil.make_archive(tmp_path / "shapes", "zip", shapes_folder)
    for given in (shapes_folder, archive):
        _, told, _ = ask(capsys, "classify", tiny_model, given)

        assert len(told["pictures"]) == 60
        assert all("top" in row for row in told["pictures"])


def test_nothing_to_classify_is_a_refusal_that_still_names_each_file(capsys, tiny_model, text):
    status, told, heard = ask(capsys, "classify", tiny_model, text)

    assert status == 2
    assert told["pictures"][0]["kind"] == told["error"]["kind"] == "not-an-image"
    assert len(heard.strip().splitlines()) == 1


def test_explain_writes_overlay_and_heat(capsys, tiny_model, picture, tmp_path):
    out, heat = tmp_path / "why.png", tmp_path / "why.npy"
    status, told, _ = ask(
        capsys, "explain", tiny_model, picture, "--method", "gradient", "--target", "disc", "--out", out, "--npy", heat
    )

    assert status == 0
    assert (told["method"], told["class"]) == ("gradient", "disc")
    assert np.load(heat).shape == library.card_of(tiny_model).shape[:2]
    assert np.load(heat).dtype == np.float32
    assert Image.open(out).size[0] > 0


def test_evaluate_gives_accuracy_with_its_interval(capsys, tiny_model):
    status, told, _ = ask(capsys, "evaluate", tiny_model)

    assert status == 0
    assert told["accuracy"] == ask(capsys, "models")[1]["models"][0]["accuracy"]


def test_a_table_that_cannot_be_written_is_a_refusal(capsys, tiny_model, picture, tmp_path):
    status, told, _ = ask(capsys, "classify", tiny_model, picture, "--csv", tmp_path)

    assert status == 2
    assert "error" in told


def test_a_class_can_be_asked_for_by_its_number(capsys, tiny_model, picture):
    assert ask(capsys, "explain", tiny_model, picture, "--method", "gradient", "--target", "2")[1]["class"] == "square"


def test_the_wish_for_json_may_stand_anywhere(capsys):
    for words in (["--json", "data", "list"], ["data", "--json", "list"], ["data", "list", "--json"]):
        assert cli.main(words) == 0
        assert "data" in json.loads(capsys.readouterr().out)


def test_a_relative_home_is_the_same_for_the_worker(shapes_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLCORE_HOME", "relative home")
    from mlcore.home import home

    assert home() == tmp_path / "relative home"


@pytest.mark.parametrize("shelf", ["architectures", "methods", "sources", "presets"])
def test_shelves_are_listed(capsys, shelf):
    status, told, _ = ask(capsys, "list", shelf)

    assert status == 0
    assert all(entry["name"] and entry["summary"] for entry in told[shelf])


def test_doctor_looks_at_everything(capsys):
    status, told, _ = ask(capsys, "doctor")

    assert status == 0
    assert {"python", "tensorflow", "free disk", "device"} <= {one["name"] for one in told["checks"]}


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["show", "nobody"], "unknown-model"),
        (["classify", "nobody", "x.png"], "unknown-model"),
        (["evaluate", "nobody"], "unknown-model"),
        (["stop", "nobody"], "unknown-run"),
        (["resume", "nobody"], "unknown-run"),
        (["logs", "nobody"], "unknown-run"),
        (["remove", "nobody"], "unknown-model"),
        (["data", "show", "nothing"], "unknown-data"),
        (["data", "add", "no/such/folder", "--name", "x"], "missing-data"),
        (["train", "--data", "digits", "--architecture", "nothing"], "unknown-name"),
        (["train", "--data", "nothing", "--architecture", "mlp"], "unknown-data"),
        (["train", "--data", "digits", "--architecture", "mlp", "--preset", "nothing"], "unknown-name"),
        (["train", "--data", "digits", "--architecture", "mlp", "--set", "training.epochs=0"], "bad-setting"),
        (["train", "--data", "digits", "--architecture", "mlp", "--set", "training.epoch=1"], "bad-setting"),
        (["train", "--data", "digits", "--architecture", "mlp", "--set", "nonsense"], "bad-setting"),
        (["train"], "bad-setting"),
        (["nonsense"], "bad-setting"),
        (["models", "--js"], "bad-setting"),
        (["classify", "animals-and-vehicles", "x.png", "--top", "0"], "bad-setting"),
        (["classify", "animals-and-vehicles", "x" * 300], "missing-data"),
        (["data", "add", ".", "--name", "x", "--seed", "-1"], "bad-setting"),
        (["--home", "/dev/null", "train", "--data", "digits", "--architecture", "mlp"], "missing-data"),
        (["train", "--recipe", "nowhere.json"], "missing-file"),
        (["train", "--recipe", "nowhere.json", "--data", "digits"], "bad-setting"),
        (["list", "nonsense"], "bad-setting"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(capsys, words, kind):
    status, told, heard = ask(capsys, *words)

    assert status == 2
    assert told["error"]["kind"] == kind
    assert heard.strip() == told["error"]["message"]
    assert "Traceback" not in heard


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig"])
def test_a_recipe_may_begin_with_a_byte_order_mark(capsys, tmp_path, coding):
    (tmp_path / "recipe.json").write_text('{"data": "nothing", "architecture": "mlp"}', coding)

    status, told, _ = ask(capsys, "train", "--recipe", tmp_path / "recipe.json")

    assert (status, told["error"]["kind"]) == (2, "unknown-data")  # it was read as far as that


def test_training_from_the_command_line_ends_in_the_library(tiny_data, home):
    command = [sys.executable, "-m", "mlcore", "--home", str(home), "train", "--json"]
    options = [
        "--data",
        "shapes",
        "--architecture",
        "mlp",
        "--set",
        "training.epochs=2",
        "--set",
        "settings.hidden=[8]",
    ]

    done = subprocess.run(command + options, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert library.card_of(json.loads(done.stdout)["id"]).data == "shapes"
    assert "EpochEnded" in done.stderr


def test_the_app_is_served_by_streamlit_with_what_else_was_said(monkeypatch):
    started = []
    monkeypatch.setattr("os.execv", lambda program, words: started.append((program, words)) or sys.exit(0))
    with pytest.raises(SystemExit):
        cli.main(["app", "--server.port", "8600", "--theme.base=dark"])

    (program, words), app = started[0], str(ROOT / "app.py")
    assert words == [program, "-m", "streamlit", "run", app, "--server.port", "8600", "--theme.base=dark"]


def test_no_other_verb_takes_what_it_doesnt_know(capsys):
    assert cli.main(["models", "--server.port", "8600"]) == 2
    assert "unrecognized arguments: --server.port 8600" in capsys.readouterr().err


def test_foreign_text_commands_no_terminal(capsys, tiny_model):
    path = library.folder(tiny_model) / "card.json"
    durable.write_json(path, durable.read_json(path) | {"title": "\x1b[31mred\x9b5m\u202eder\nline"})

    assert cli.main(["models"]) == 0
    text = capsys.readouterr().out
    assert "\\u001b[31mred\\u009b5m\\u202eder line" in text
    assert cli.main(["models", "--json"]) == 0
    document = capsys.readouterr().out
    assert not {"\x1b", "\x9b", "\u202e"} & set(text + document)
    assert json.loads(document)["models"][0]["title"] == "\x1b[31mred\x9b5m\u202eder\nline"


def test_what_cant_be_read_is_named_and_can_be_removed(capsys, home):
    for place in ("models/odd", "data/odd-set", "drafts/odd-draft"):
        (home / place).mkdir(parents=True)
    (home / "models" / "odd" / "status.json").write_text("{")
    for words, name in ((["runs"], "odd"), (["models"], "odd"), (["data", "list"], "odd-set")):
        assert cli.main(words) == 0
        assert f"{name}: " in capsys.readouterr().out
    for words in (["remove", "odd"], ["data", "remove", "odd-set"], ["remove", "odd-draft"]):
        assert cli.main(words) == 0

    assert not [path for folder in ("models", "data", "drafts") for path in (home / folder).glob("[!.]*")]
