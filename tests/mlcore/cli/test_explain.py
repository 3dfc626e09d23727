"""`explain` on the command line: every method, its settings, refusals, and the second time from disk."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from mlcore import cli, explanation, library
from mlcore.settings import fields


@pytest.fixture
def ask(capsys, tiny_model, tmp_path):
    """Ask the tiny model by words; returns the exit status and the JSON document."""
    picture = tmp_path / "picture.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)).save(picture)

    def ask(*words):
        status = cli.main(["explain", tiny_model, str(picture), *words, "--json"])
        return status, json.loads(capsys.readouterr().out)

    return ask


@pytest.fixture
def one_network(monkeypatch, tiny_model):
    """The model opened once, so that its network is compiled once."""
    classifier = library.open(tiny_model)
    monkeypatch.setattr(library, "open", lambda id: classifier)


def test_every_method_answers_with_the_settings_it_was_given(ask, one_network):
    for entry in explanation.methods.all():
        specs = fields(entry.settings)
        given = {spec.name: spec.choices[-1] if spec.choices else spec.low for spec in specs}
        given = {name: value for name, value in given.items() if value is not None}
        words = [word for name, value in given.items() for word in ("--set", f"{name}={value}")]

        status, told = ask("--method", entry.name, "--target", "disc", *words)

        assert status == 0, told
        assert (told["method"], told["class"]) == (entry.name, "disc")
        assert told["settings"] | given == told["settings"]
        assert json.dumps(told["diagnostics"], allow_nan=False)


def test_the_second_time_the_answer_comes_from_disk(ask, monkeypatch, tiny_model):
    first = ask("--method", "occlusion", "--set", "window=8")
    monkeypatch.setattr(library.Classifier, "model", None)

    assert ask("--method", "occlusion", "--set", "window=8") == first


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--set", "progress=1"], "'progress' isn't a setting"),
        (["--set", "picture=1"], "'picture' isn't a setting"),
        (["--set", "windows=3"], "known: window, stride, baseline"),
        (["--set", "baseline=pink"], "baseline"),
        (["--set", "window=2", "--set", "stride=5"], "leave gaps"),
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_is_refused_in_a_sentence(ask, words, text):
    status, told = ask("--method", "occlusion", *words)

    assert status == 2
    assert told["error"]["kind"] == "bad-setting"
    assert text in told["error"]["message"]


def test_a_folder_is_explained_into_one_file(ask, tmp_path):
    (tmp_path / "picture.txt").write_text("no picture")
    target = tmp_path / "maps.zip"

    status, told = ask(str(tmp_path / "picture.txt"), "--method", "gradient", "--target", "disc", "--zip", str(target))

    fine, refused = told["pictures"]
    assert (status, fine["class"], refused["kind"]) == (0, "disc", "not-an-image")
    with zipfile.ZipFile(target) as file:
        assert file.namelist() == ["00001-picture.png", "00001-picture.npy", "index.html"]
        heat = np.load(io.BytesIO(file.read("00001-picture.npy")))
    assert ask("--method", "gradient", "--target", "disc", "--npy", str(tmp_path / "one.npy"))[0] == 0
    np.testing.assert_array_equal(heat, np.load(tmp_path / "one.npy"))


def test_several_pictures_without_a_zip_are_refused(ask, tmp_path):
    status, told = ask(str(tmp_path), "--method", "gradient")

    assert (status, told["error"]["kind"]) == (2, "bad-setting")
    assert "--zip" in told["error"]["message"]


def test_ending_it_from_the_keyboard_leaves_nothing(ask, monkeypatch, tmp_path):
    from mlcore.explanation import cache

    def ended(*args, **settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(cache, "explained", ended)
    status, told = ask("--method", "rise", "--npy", str(tmp_path / "heat.npy"))

    assert (status, told["error"]["kind"]) == (2, "cancelled")
    assert not (tmp_path / "heat.npy").exists()
