"""A data set leaves as a ZIP and comes back as the very same."""

import zipfile

import numpy as np
import pytest

from mlcore import data, images
from mlcore.data import export as exporting
from mlcore.data.export import card, export
from mlcore.errors import Kind, Refused


def test_added_again_it_has_the_same_fingerprint(tiny_data, tmp_path):
    told = []
    export(tiny_data, tmp_path / "out.zip", lambda share, text="": told.append(share))

    assert data.add(tmp_path / "out.zip", "again").fingerprint == tiny_data.fingerprint
    assert told[-1] == 1.0


def test_an_edited_version_too_with_odd_classes_and_its_splits(tiny_data, tmp_path):
    edits = [data.Relabel([0, 7, 30], "an 'odd' one"), data.Move([1, 2], "test"), data.Drop([40])]
    edited = data.edit("shapes", edits)
    export(edited, tmp_path / "out.zip")
    again = data.add(tmp_path / "out.zip", "again")

    assert (again.fingerprint, again.classes) == (edited.fingerprint, edited.classes)
    assert data.open("again", seen=edited.fingerprint).splits == edited.splits


def test_pictures_are_the_stored_ones_without_metadata_in_small_pieces(tiny_data, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "CHUNK", 1)
    export(tiny_data, tmp_path / "out.zip")

    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        pictures = [name for name in archive.namelist() if name.endswith(".png")]
        for row, name in enumerate(pictures):
            content = archive.read(name)
            np.testing.assert_array_equal(images.decode(content).pixels, tiny_data.read_rows(np.array([row]))[0])
            assert b"eXIf" not in content
    assert len(pictures) == len(tiny_data)


def test_names_that_a_system_forbids_become_folders_apart():
    """Windows calls devices so, macOS takes letters of one kind for the same, and none takes names of 256 bytes."""
    given = ("a/b", "a:b", "A_b", "..", "con", "LPT1.old", "console", "Straße", "STRASSE", "é", "e\u0301")
    folders = ["a_b", "a_b_", "A_b__", "_", "_con", "_LPT1.old", "console", "Straße", "STRASSE_", "é", "e\u0301_"]

    assert exporting._folders(given) == folders
    assert exporting._folders(("猫" * 100, "猫" * 101)) == ["猫" * 66, "猫" * 66 + "_"]
    assert exporting._stem("C:\\photos\\my cat?.jpeg") == "my cat_"


def test_the_unlabelled_lie_apart(tiny_data, tmp_path):
    export(data.edit("shapes", [data.Move([3], "unlabelled")]), tmp_path / "out.zip")

    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert [name for name in archive.namelist() if name.startswith("unlabelled/")] == ["unlabelled/000003-03.png"]


def test_the_card_says_what_it_is(tiny_data):
    data.describe("shapes", origin="Drawn by a script", license="CC0", note="For tests | only")
    told = card(data.open("shapes"))

    for words in ("# shapes", "Drawn by a script", "Licence: CC0", "For tests | only", tiny_data.fingerprint):
        assert words in told
    assert "| cross | 16 | 2 | 2 |" in told


def test_what_fails_on_the_way_leaves_the_older_file(tiny_data, tmp_path):
    (tmp_path / "out.zip").write_bytes(b"older")

    def stop(share, text=""):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(tiny_data, tmp_path / "out.zip", stop)
    assert [path.name for path in tmp_path.iterdir()] == ["out.zip"]
    assert (tmp_path / "out.zip").read_bytes() == b"older"


def test_what_is_said_of_a_set_makes_no_version_and_is_kept(tiny_data):
    data.describe("shapes", note=" Blurred ones are left out ")
    said = data.describe("shapes", license="MIT")

    assert (said.note, said.license, said.version) == ("Blurred ones are left out", "MIT", 1)
    assert said.fingerprint == tiny_data.fingerprint
    assert data.stored("shapes").license == "MIT"
    assert data.edit("shapes", [data.Drop([0])]).note == said.note
    with pytest.raises(Refused, match=r"The note has 10,001 characters; allowed are 10,000\.") as refused:
        data.describe("shapes", note="x" * 10_001)
    assert refused.value.kind == Kind.BAD_SETTING
    (tiny_data.folder / "about.json").write_text("[]")
    assert data.open("shapes").note == ""
