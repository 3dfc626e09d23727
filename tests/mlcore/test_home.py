"""Where things live, and which names may become folders."""

from pathlib import Path

import pytest

import mlcore
from mlcore.errors import Kind, Refused
from mlcore.home import checked_name, home


def test_the_environment_decides(tmp_path, monkeypatch):
    monkeypatch.setenv("MLCORE_HOME", str(tmp_path))

    assert home() == tmp_path


def test_without_it_home_is_the_workspace_beside_the_app(monkeypatch):
    monkeypatch.delenv("MLCORE_HOME")

    assert home() == Path(mlcore.__file__).parents[1] / "workspace"


def test_a_relative_home_means_the_same_after_a_change_of_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLCORE_HOME", "studio")

    assert home() == tmp_path / "studio"
    assert home().is_absolute()


def test_a_tilde_is_the_persons_own_folder(monkeypatch):
    monkeypatch.setenv("MLCORE_HOME", "~/studio")

    assert home() == Path.home() / "studio"


@pytest.mark.parametrize("name", ["a", "0", "cnn-2_b", "x" * 64])
def test_plain_names_pass(name):
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "-a", "_a", "A", "a b", "a/b", "..", ".", "a.b", "a\n", "\x00", "é", "a%2fb", "a#b", "a?b", "x" * 65, None, 3],
)
def test_no_other_name_becomes_a_folder(name):
    with pytest.raises(Refused) as refusal:
        checked_name(name, "data set name")

    assert refusal.value.kind == Kind.BAD_SETTING
    assert "data set name" in refusal.value.message
