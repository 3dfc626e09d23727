"""A path that is typed in the browser leads into folders that were named, and nowhere else."""

import os

import pytest

from mlcore.data import server_folders
from mlcore.errors import Kind, Refused


@pytest.fixture
def named(tmp_path, monkeypatch):
    (tmp_path / "open" / "pets").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    (tmp_path / "open-too").mkdir()
    (tmp_path / "open" / "way-out").symlink_to(tmp_path / "secret")
    (tmp_path / "open" / "loop").symlink_to(tmp_path / "open" / "loop")
    monkeypatch.setenv(
        server_folders.VARIABLE, f"{tmp_path / 'open'}{os.pathsep}relative{os.pathsep}{tmp_path / 'gone'}"
    )
    return tmp_path


def test_a_folder_within_a_named_one_may_be_read(named):
    assert server_folders.allowed() == (named / "open",)
    assert server_folders.checked(f" {named}/open/pets ") == named / "open" / "pets"
    assert server_folders.checked(f"{named}/secret/../open") == named / "open"


@pytest.mark.parametrize(
    "path", ["secret", "open/../secret", "open/way-out", "open/loop", "open/nothing", "open-too", "", "open/x\0y"]
)
def test_anything_else_is_refused_alike(named, path):
    with pytest.raises(Refused) as refusal:
        server_folders.checked(f"{named}/{path}")

    assert refusal.value.kind == Kind.UNSAFE_PATH
    assert "There is nothing to be read" in refusal.value.message


@pytest.mark.parametrize("text", ["", " ", ".", "~", "relative", "/"])
def test_without_a_setting_nothing_may_be_read(monkeypatch, text):
    monkeypatch.delenv(server_folders.VARIABLE, raising=False)

    assert server_folders.allowed() == ()
    with pytest.raises(Refused):
        server_folders.checked(text)
