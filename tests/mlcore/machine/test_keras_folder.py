"""Keras keeps its files in the home, and finds what people have in ~/.keras."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlcore.machine import keras_folder

LOADS = {  # what loads Keras in a server, a worker and a command, each in a process of its own
    "the server": "from pages.parts import shell; shell._load_keras()",
    "a worker": "from mlcore.jobs import worker; import keras",
    "a worker in waiting": "from mlcore.jobs import standby_worker; import keras",
    "a command": "from mlcore import cli; import keras",
    "TensorFlow, which has an old Keras in it": "import mlcore, tensorflow",
    "a command with --home": "from mlcore import cli; cli.main(['--home', {other!r}, 'models']); import keras",
}


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def run(program: str, home: Path, person: Path, **more: str) -> None:
    chosen = {"HOME": str(person), "MLCORE_HOME": str(home), "TF_CPP_MIN_LOG_LEVEL": "3", **more}
    clean = {name: value for name, value in os.environ.items() if name not in ("KERAS_HOME", "XDG_CACHE_HOME")}
    done = subprocess.run([sys.executable, "-c", program], env=clean | chosen, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("who", LOADS)
def test_nothing_is_written_into_the_persons_folder(tmp_path, who):
    home, other, person = (tmp_path / name for name in ("home", "other", "person"))
    person.mkdir()
    run(LOADS[who].format(other=str(other)), home, person)

    assert files(person) == set()
    assert "cache/keras/keras.json" in files(other if "--home" in who else home)


def test_a_folder_that_somebody_chose_stays(tmp_path):
    for name in ("home", "person"):
        (tmp_path / name).mkdir()
    run("import mlcore, keras", tmp_path / "home", tmp_path / "person", KERAS_HOME=str(tmp_path / "chosen"))

    assert (files(tmp_path / "chosen"), files(tmp_path / "home")) == ({"keras.json"}, set())


@pytest.fixture
def person(tmp_path, monkeypatch):
    """A person with a data set, and its unpacked folder, in ~/.keras."""
    kept = tmp_path / ".keras" / "datasets"
    (kept / "unpacked").mkdir(parents=True)
    (kept / "mnist.npz").write_bytes(b"digits")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_HOME", raising=False)
    return kept


def test_what_lies_in_the_persons_folder_is_used_without_a_copy(home, person):
    keras_folder.lend("datasets")
    keras_folder.lend("datasets")

    own = home / "cache" / "keras" / "datasets"
    assert [path.name for path in own.iterdir()] == ["mnist.npz"]
    assert (own / "mnist.npz").samefile(person / "mnist.npz")


def test_what_keras_has_already_isnt_replaced(home, person):
    own = home / "cache" / "keras" / "datasets"
    own.mkdir(parents=True)
    (own / "mnist.npz").write_bytes(b"newer")
    keras_folder.lend("datasets")

    assert (own / "mnist.npz").read_bytes() == b"newer"


def test_nothing_is_lent_to_a_folder_that_somebody_chose(home, person, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "chosen"))
    keras_folder.lend("datasets")

    assert not (home / "cache").exists()
    assert not (tmp_path / "chosen").exists()


def test_the_first_time_there_is_nothing_to_lend(home, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_HOME", raising=False)
    keras_folder.lend("models")

    assert list((home / "cache" / "keras" / "models").iterdir()) == []
