"""Data sets are added, listed, opened and removed by name."""

import io
import json
import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

from mlcore import data, images
from mlcore.errors import Kind, Refused


def png(seed, height=12, width=12) -> bytes:
    return images.png(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype="uint8"))


@pytest.fixture
def folder(tmp_path):
    """Write files given as path -> bytes into a folder."""

    def make(files, name="pictures"):
        for path, content in files.items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return tmp_path / name

    return make


def in_classes(count=10, classes=("ant", "bee"), prefix=""):
    return {
        f"{prefix}{name}/{number:02}.png": png(100 * place + number + 1000 * len(prefix))
        for place, name in enumerate(classes)
        for number in range(count)
    }


def zipped(files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def contents(dataset):
    """Every picture with its class and split, by file name."""
    found = {}
    for name in dataset.splits:
        part = dataset.split(name)
        for index, label in enumerate(part.labels):
            found[part.name(index)] = (name, dataset.classes[label], part.read([index])[0].tobytes())
    return found


def test_a_folder_of_classes_becomes_a_data_set(folder):
    files = in_classes()

    dataset = data.add(folder(files), "bugs")

    assert (dataset.name, dataset.classes, dataset.shape) == ("bugs", ("ant", "bee"), (12, 12, 3))
    assert dataset.class_counts == {"ant": 10, "bee": 10}
    assert dataset.splits == {"train": 16, "val": 2, "test": 2}
    assert dataset.notices == ()
    found = contents(dataset)
    assert found.keys() == files.keys()
    for path, content in files.items():
        assert found[path][1:] == (path.split("/")[0], images.decode(content).pixels.tobytes())


def test_the_same_pictures_as_folder_zip_or_upload_are_split_alike(folder, tmp_path):
    files = in_classes()
    path = tmp_path / "bugs.zip"
    path.write_bytes(zipped(dict(reversed(files.items()))))

    added = [data.add(folder(files), "one"), data.add(path, "two"), data.add(io.BytesIO(zipped(files)), "three")]

    first, second, third = map(contents, added)
    assert first == second == third


def test_given_splits_are_kept(folder):
    files = in_classes(4, prefix="train/") | in_classes(2, prefix="test/") | in_classes(1, prefix="val/")

    dataset = data.add(folder(files), "bugs")

    assert dataset.splits == {"train": 8, "val": 2, "test": 4}
    assert all(path.split("/")[0] == split for path, (split, _, _) in contents(dataset).items())


def test_bad_pictures_are_skipped_and_named(folder):
    files = in_classes() | {"ant/broken.png": png(1)[:60], "bee/text.png": b"hello", "bee/empty.png": b""}

    dataset = data.add(folder(files), "bugs")

    assert len(dataset) == 20
    assert [one.kind for one in dataset.notices] == [Kind.SKIPPED_FILES]
    assert {one["file"]: one["kind"] for one in dataset.skipped} == {
        "ant/broken.png": "truncated-or-corrupt",
        "bee/text.png": "not-an-image",
        "bee/empty.png": "empty-file",
    }


def test_a_class_of_nothing_but_bad_pictures_is_left_out(folder):
    dataset = data.add(folder(in_classes() | {"cat/a.png": b"hello"}), "bugs")

    assert dataset.classes == ("ant", "bee")
    assert {one.kind for one in dataset.notices} == {Kind.SKIPPED_FILES, Kind.EMPTY_CLASS}


def test_pictures_keep_their_notices_together(folder):
    frames = io.BytesIO()
    blank = Image.new("RGB", (12, 12))
    blank.save(frames, "GIF", save_all=True, append_images=[Image.new("RGB", (12, 12), "red")])

    dataset = data.add(folder(in_classes() | {"ant/moving.gif": frames.getvalue()}), "bugs")

    assert [one.kind for one in dataset.notices] == [Kind.ANIMATED_FIRST_FRAME]
    assert "ant/moving.gif" in dataset.notices[0].message


@pytest.mark.parametrize("size", [7, 513, 0, -1, 64.0, "64"])
def test_a_size_out_of_bounds_is_refused(folder, size):
    with pytest.raises(Refused, match="8 to 512") as refused:
        data.add(folder(in_classes(2)), "bugs", size=size)
    assert refused.value.kind == Kind.BAD_SETTING


@pytest.mark.parametrize("name", ["", "Bugs", "../bugs", "a b", ".hidden", "x" * 65])
def test_a_name_that_isnt_safe_is_refused(folder, home, name):
    with pytest.raises(Refused) as refused:
        data.add(folder(in_classes(2)), name)
    assert refused.value.kind == Kind.BAD_SETTING
    assert not (home / "data").exists()


def test_a_taken_name_is_refused_before_anything_is_read(folder):
    data.add(folder(in_classes()), "bugs")

    with pytest.raises(Refused, match="'bugs-2'"):
        data.add("/no/such/place", "bugs")


def test_a_path_that_isnt_there_is_refused(home):
    with pytest.raises(Refused):
        data.add("/no/such/place", "bugs")


@pytest.mark.parametrize(("prefix", "name"), [("", "pictures"), ("faces/", "faces")], ids=["none", "one"])
def test_one_folder_is_a_data_set_of_one_class(folder, prefix, name):
    dataset = data.add(folder({f"{prefix}{number:02}.png": png(number) for number in range(20)}), "faces")

    assert dataset.class_counts == {name: 20}
    assert min(dataset.splits.values()) > 0
    assert Kind.NEED_TWO_CLASSES in [one.kind for one in dataset.notices]
    with pytest.raises(Refused, match="only one class") as refused:
        data.refuse_one_class("faces")
    assert refused.value.kind == Kind.NEED_TWO_CLASSES


def test_an_accent_written_in_two_ways_makes_one_class(folder):
    data.add(folder(in_classes(classes=("caf\u00e9", "cafe\u0301", "tea"))), "drinks")

    drinks = data.open("drinks")
    assert drinks.class_counts == {"caf\u00e9": 20, "tea": 10}
    assert "stored are one class: 'caf\u00e9'." in drinks.notices[0].message


@pytest.mark.parametrize("classes", [("ant", "bee"), ("ant", "bee", "cow")])
def test_why_a_class_is_missing_is_said(folder, classes):
    files = in_classes(classes=classes) | {f"bee/{number:02}.png": b"%PDF-1.7" for number in range(10)}
    if len(classes) == 2:
        with pytest.raises(Refused) as refused:
            data.add(folder(files), "bugs")
        message = refused.value.message
    else:
        message = next(one.message for one in data.add(folder(files), "bugs").notices if one.kind == Kind.EMPTY_CLASS)

    assert "'bee/00.png': This is a file of the format PDF" in message


def test_frames_that_lie_loose_are_told_to_go_into_folders(folder):
    with pytest.raises(Refused, match="frames of each clip into a folder"):
        data.add(folder(in_classes()), "clips", frames=4)


def test_the_list_holds_stored_and_built_in_sets(folder):
    dataset = data.add(folder(in_classes()), "bugs")

    listed = {one.name: one for one in data.all()}

    bugs, mnist = listed["bugs"], listed["mnist"]
    assert bugs.stored
    assert (bugs.classes, bugs.splits, bugs.shape) == (dataset.classes, dataset.splits, dataset.shape)
    assert bugs.disk_bytes > 20 * 12 * 12 * 3
    assert not mnist.stored
    assert (mnist.title, mnist.pictures, mnist.download_bytes) == ("MNIST", 70_000, 11_490_434)


def test_a_set_of_an_older_home_with_the_name_of_a_built_in_one_still_opens(folder, home):
    data.add(folder(in_classes()), "bugs")
    (home / "data" / "bugs").rename(home / "data" / "mnist")

    assert data.open("mnist").classes == ("ant", "bee")
    assert [one.stored for one in data.all() if one.name == "mnist"] == [True]


def test_a_damaged_set_is_left_out_of_the_list(folder, home):
    data.add(folder(in_classes()), "bugs")
    for text in ("", "[]", json.dumps({"title": "x"})):
        (home / "data" / "bugs" / "meta.json").write_text(text)
        assert "bugs" not in [one.name for one in data.all()]


def test_a_set_is_opened_by_name_and_copied_as_a_folder(folder, home):
    dataset = data.add(folder(in_classes()), "bugs")
    shutil.copytree(home / "data" / "bugs", home / "data" / "copy")

    assert data.open("bugs").fingerprint == data.open("copy").fingerprint == dataset.fingerprint


@pytest.mark.parametrize("name", ["bug", "../bugs", "bugs/", ".", "", "BUGS"])
def test_an_unknown_name_is_refused_with_the_known_ones(folder, name):
    data.add(folder(in_classes()), "bugs")

    for act in (data.open, data.remove):
        with pytest.raises(Refused, match="bugs") as refused:
            act(name)
        assert refused.value.kind == Kind.UNKNOWN_DATA


def test_a_removed_set_is_gone(folder, home):
    data.add(folder(in_classes()), "bugs")

    data.remove("bugs")

    assert "bugs" not in [one.name for one in data.all()]
    assert not (home / "data" / "bugs").exists()


def test_the_fixture_of_the_other_tests_is_what_they_expect(tiny_data):
    assert (tiny_data.classes, tiny_data.shape, len(tiny_data)) == (("cross", "disc", "square"), (16, 16, 3), 60)
