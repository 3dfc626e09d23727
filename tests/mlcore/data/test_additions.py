"""Pictures that are added later: the next version, with the old rows as they were."""

import zipfile

import numpy as np
import pytest
from PIL import Image

from mlcore import data, images
from mlcore.data.find import find
from mlcore.errors import Kind, Refused
from tests.conftest import shape_picture


@pytest.fixture
def more(tmp_path):
    """A ZIP with four new discs, four rings of another size, and a file that can't be read."""
    path, rng = tmp_path / "more.zip", np.random.default_rng(7)
    with zipfile.ZipFile(path, "w") as archive:
        for name, side in (("disc", 16), ("ring", 40)):
            for number in range(4):
                picture = Image.fromarray(shape_picture("disc", rng)).resize((side, side))
                archive.writestr(f"{name}/new-{number}.png", images.png(np.asarray(picture)))
        archive.writestr("disc/broken.png", b"\x89PNG\r\n\x1a\nbroken")
    return path


def test_what_is_there_stays_and_the_rest_follows(tiny_data, more):
    before = tiny_data.read_rows(np.arange(60))
    now = data.extend("shapes", more)

    assert (now.version, len(now), now.classes) == (2, 68, ("cross", "disc", "ring", "square"))
    assert now.class_counts == {"cross": 20, "disc": 24, "ring": 4, "square": 20}
    np.testing.assert_array_equal(now.read_rows(np.arange(60)), before)
    np.testing.assert_array_equal(now.split_codes[:60], tiny_data.split_codes)
    assert now.names[60:] == [f"{name}/new-{number}.png" for name in ("disc", "ring") for number in range(4)]
    assert now.read_rows(np.array([67, 3, 60])).shape == (3, 16, 16, 3)
    assert data.history("shapes")[-1].why == "8 pictures added from more.zip"
    assert any(each.kind == Kind.SKIPPED_FILES for each in now.notices)


def test_edits_undo_and_older_versions_go_on(tiny_data, more):
    data.extend("shapes", more)
    new = data.edit("shapes", [data.Drop([0, 61]), data.Relabel([64], "cross")])
    again = data.extend("shapes", more)

    assert (len(new), len(again), again.stored_count) == (66, 74, 76)
    np.testing.assert_array_equal(again.read_rows(np.arange(66)), new.read_rows(np.arange(66)))
    assert data.open("shapes", version=1).fingerprint == tiny_data.fingerprint
    assert [data.undo("shapes").version for _ in range(3)] == [3, 2, 1]
    assert data.version_of("shapes", again.fingerprint) == 4


def test_a_copy_goes_to_the_side_of_its_like(tiny_data, shapes_folder):
    now = data.extend("shapes", shapes_folder)

    np.testing.assert_array_equal(now.split_codes[60:], tiny_data.split_codes)
    np.testing.assert_array_equal(now.hashes[60:], tiny_data.hashes)


def test_a_new_picture_is_found_by_its_pixels(tiny_data, more):
    now = data.extend("shapes", more)
    pixels = now.read_rows(np.array([61]))[0]
    name, split, index = find(images.Picture(pixels).sha256)

    np.testing.assert_array_equal(data.open(name).split(split).read([index])[0], pixels)


def test_a_class_is_found_by_its_very_name(tiny_data, more, tmp_path):
    data.edit("shapes", [data.RenameClass("disc", "می‌خواهم")])
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(more) as old, zipfile.ZipFile(path, "w") as new:
        new.writestr("می‌خواهم/1.png", old.read("disc/new-0.png"))
        new.writestr("ring/1.png", old.read("ring/new-0.png"))

    assert data.extend("shapes", path).class_counts == {"cross": 20, "ring": 1, "square": 20, "می‌خواهم": 21}


def test_what_cant_be_added_leaves_nothing_behind(tiny_data, tmp_path):
    (tmp_path / "bad" / "disc").mkdir(parents=True)
    (tmp_path / "bad" / "disc" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")

    with pytest.raises(Refused):
        data.extend("shapes", tmp_path / "bad")
    assert data.open("shapes").version == 1
    assert not [path for path in tiny_data.folder.rglob("*") if path.is_dir() and path.name not in ("parts",)]


def test_a_class_that_cant_be_called_so_leaves_nothing_behind(tiny_data, more, tmp_path):
    path = tmp_path / "long.zip"
    with zipfile.ZipFile(more) as old, zipfile.ZipFile(path, "w") as new:
        new.writestr("x" * 250 + "/1.png", old.read("disc/new-0.png"))

    with pytest.raises(Refused, match="can't be the name of a class"):
        data.extend("shapes", path)
    assert not list((tiny_data.folder / "parts").glob("*"))
