"""Every file is told what it is: the same answer at each door, one sentence when it is refused."""

import json
import os
import zipfile

import numpy as np
import pytest

from mlcore import archives, images, intake
from mlcore.errors import Kind, Refused
from mlcore.images import Picture
from tests import odd_archives, odd_models, odd_pictures
from tests.odd_archives import CATS_AND_DOGS, entry, files, picture, tarred, zipped
from tests.odd_pictures import saved, scene

pytestmark = [
    pytest.mark.filterwarnings("ignore:Duplicate name"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture
def checked(tmp_path):
    """Writes bytes under a name and checks the file."""

    def check(data: bytes, name: str = "file") -> dict:
        (tmp_path / name).write_bytes(data)
        row = intake.check(tmp_path / name)
        assert row["file"] == str(tmp_path / name)
        json.dumps(row, allow_nan=False)
        return row

    return check


def refusal(row: dict) -> str | None:
    """The kind of refusal in a row, after a look at its sentence."""
    if row["accepted"]:
        return None
    assert row["message"].endswith(".")
    assert "\n" not in row["message"]
    assert set(row) == {"file", "accepted", "kind", "message"}
    return row["kind"]


@pytest.mark.parametrize("case", odd_pictures.good(), ids=str)
def test_a_good_picture(checked, case):
    row = checked(case.make(), "picture.dat")

    seen = images.decode(case.make())
    assert row == {
        "file": row["file"],
        "accepted": True,
        "type": "picture",
        "width": seen.width,
        "height": seen.height,
        "pixels_sha256": seen.sha256,
        "notices": [{"kind": str(one.kind), "message": one.message} for one in seen.notices],
    }


NOT_ARCHIVES_HERE = {"ZIP"}  # at this door a ZIP is an archive


@pytest.mark.parametrize("case", [c for c in odd_pictures.refused() if c.name not in NOT_ARCHIVES_HERE], ids=str)
def test_a_bad_picture(checked, case):
    assert refusal(checked(case.make(), "picture.png")) == case.kind


@pytest.mark.parametrize("case", odd_archives.good(), ids=str)
def test_a_good_archive(checked, case):
    row = checked(case.make(), "data")

    assert (row["accepted"], row["type"]) == (True, "archive")
    assert row["classes"] == case.classes
    assert row["ignored"] == case.ignored
    assert sorted((one["file"], one["kind"]) for one in row["skipped"]) == sorted(case.skipped)
    kinds = [notice["kind"] for notice in row["notices"]]
    assert set(case.notices) <= set(kinds)
    assert ("skipped-files" in kinds) == bool(case.skipped)


HAVE_OTHER_ENDINGS = {"a picture", "text", "empty TAR"}
MANY_FOR_AN_UPLOAD = {"too many files", "far too many files"}  # a file on the own disk may hold 2,000,000
TAKEN_HERE = HAVE_OTHER_ENDINGS | MANY_FOR_AN_UPLOAD


@pytest.mark.parametrize("case", [c for c in odd_archives.refused() if c.name not in TAKEN_HERE], ids=str)
def test_a_bad_archive(checked, case):
    assert refusal(checked(case.make(), "data.zip")) == case.kind


@pytest.mark.parametrize("case", odd_models.refused(), ids=str)
def test_a_bad_model(checked, case):
    assert refusal(checked(case.make(), "model.keras")) == case.kind


def test_a_good_model(checked):
    row = checked(odd_models.keras_file(), "any name.zip")

    assert row == {
        "file": row["file"],
        "accepted": True,
        "type": "model",
        "input_shape": [8, 8, 3],
        "outputs": 3,
        "layers": 3,
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("noise.zip", "corrupt-archive"),
        ("noise.tar.gz", "corrupt-archive"),
        ("noise.keras", "corrupt-model"),
        ("noise.h5", "unsupported-model-format"),
        ("noise.png", "not-an-image"),
        ("noise", "not-an-image"),
    ],
)
def test_what_no_format_claims_is_judged_by_its_name(checked, name, kind):
    assert refusal(checked(b"\x07" + np.random.default_rng(3).bytes(3000), name)) == kind


@pytest.mark.parametrize(
    "name", ["cat.zip", "cat.keras.png", "cat.txt", "cat", "köt 猫.jpg", "-rf.png", "a'b\"c<d>.png", "con"]
)
def test_the_name_of_a_picture_doesnt_matter(checked, name):
    assert checked(saved(scene(), "PNG"), name)["type"] == "picture"


def test_an_empty_tar_is_known_by_its_name_only(checked):
    assert refusal(checked(tarred({}), "empty.tar")) == "no-images"
    assert refusal(checked(tarred({}), "empty.png")) == "not-an-image"


def test_a_folder_is_read_like_an_archive(tmp_path, checked):
    for name, data in files().items():
        (tmp_path / "pets" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pets" / name).write_bytes(data)

    row = intake.check(tmp_path / "pets")

    assert {**row, "file": ""} == {**checked(zipped(files())), "file": ""}


def test_a_saved_model_folder_is_refused(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"x")

    assert refusal(intake.check(tmp_path)) == "unsupported-model-format"


def test_what_is_missing_or_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "loop").symlink_to("loop")

    places = (tmp_path / "x.png", tmp_path / "loop", tmp_path / "pipe.png", "/dev/zero")
    kinds = [refusal(intake.check(place)) for place in places]

    assert kinds == ["missing-data", "missing-data", "unsafe-member", "unsafe-member"]


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="the administrator may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    (tmp_path / "secret.png").write_bytes(saved(scene(), "PNG"))
    (tmp_path / "secret.png").chmod(0)

    assert refusal(intake.check(tmp_path / "secret.png")) == "missing-data"


def test_a_name_that_isnt_text_can_be_printed(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"k\x94t.png")
    with open(path, "wb") as file:
        file.write(b"text")

    row = intake.check(os.fsdecode(path))

    assert row["file"].encode().endswith(rb"k\x94t.png")
    assert row["message"].encode()


def notices(row: dict) -> list[str]:
    return [notice["kind"] for notice in row["notices"]]


def test_equal_pictures_in_two_classes_are_told(checked):
    content = {**files(), "dog/again.bmp": saved(np.asarray(images.decode(picture(0)).pixels), "BMP")}

    assert notices(checked(zipped(content))) == ["label-conflict"]


def test_equal_pictures_in_two_splits_are_told(checked):
    content = files(*(f"{split}/{name}" for split in ("train", "test") for name in CATS_AND_DOGS))

    assert notices(checked(zipped(content))) == []
    content["test/cat/again.png"] = content["train/cat/1.png"]
    assert notices(checked(zipped(content))) == ["train-test-leak"]


def test_a_small_class_is_told(checked):
    assert notices(checked(zipped(files("cat/1.png", "dog/2.png", "dog/3.png", "dog/4.png")))) == ["class-too-small"]


def test_a_class_without_a_readable_picture_is_told_and_left_out(checked):
    row = checked(zipped({**files(), "bird/1.png": b"text"}))

    assert list(row["classes"]) == ["cat", "dog"]
    assert notices(row) == ["empty-class", "skipped-files"]


def test_what_is_odd_about_single_pictures_is_told_once(checked):
    content = {**files(), **{f"cat/{n}.gif": odd_pictures.animated("GIF", 2 + n) for n in range(5)}}

    row = checked(zipped(content))

    assert notices(row) == ["animated-first-frame"]
    assert row["notices"][0]["message"].startswith("5 of the pictures")


def test_a_damaged_picture_with_a_text_ending_is_neither(checked):
    row = checked(zipped({**files(), "cat/readme.txt": b"\x89PNG not quite"}))

    assert [one["file"] for one in row["skipped"]] == ["cat/readme.txt"]


def test_every_picture_of_an_archive_can_be_classified(tmp_path):
    (tmp_path / "flat.zip").write_bytes(
        zipped([*files("1.png", "x/2.png").items(), ("bad.png", b"text"), (entry("folder/", 0o40755), b"")])
    )

    found = dict(intake.pictures(tmp_path / "flat.zip", "flat.zip"))

    assert {name: type(one) for name, one in found.items()} == {
        "flat.zip/1.png": Picture,
        "flat.zip/x/2.png": Picture,
        "flat.zip/bad.png": Refused,
    }


def test_an_open_file_is_read_as_its_path_would_be(tmp_path):
    for name, data in {"one.png": saved(scene(), "PNG"), "all.zip": zipped(files("a/1.png", "b/2.png"))}.items():
        (tmp_path / name).write_bytes(data)
        by_path = dict(intake.pictures(tmp_path / name, name))
        with open(tmp_path / name, "rb") as file:
            opened = dict(intake.pictures(file, name))

        assert {file: one.sha256 for file, one in opened.items()} == {file: one.sha256 for file, one in by_path.items()}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (zipped({}), Kind.NO_IMAGES),
        (zipped(files())[:-9], Kind.CORRUPT_ARCHIVE),
        (b"", Kind.EMPTY_FILE),
        (b"text", Kind.NOT_AN_IMAGE),
        (odd_models.keras_file(), Kind.NOT_AN_IMAGE),
    ],
    ids=["empty", "damaged", "nothing", "text", "model"],
)
def test_what_cannot_be_classified_is_one_refusal(tmp_path, data, kind):
    (tmp_path / "file").write_bytes(data)

    [(name, found)] = intake.pictures(tmp_path / "file")

    assert (name, found.kind) == (str(tmp_path / "file"), kind)


@pytest.mark.parametrize("format", ["PNG", "GIF", "BMP", "TIFF", "WEBP", "JPEG", "AVIF"])
def test_one_file_is_the_same_picture_at_every_door(tmp_path, format):
    data = saved(scene(), format)
    (tmp_path / "one").write_bytes(data)
    (tmp_path / "all.zip").write_bytes(zipped({"a/1.png": data, "b/2.png": picture()}, zipfile.ZIP_DEFLATED))
    (tmp_path / "all.tgz").write_bytes(tarred({"a/1.png": data, "b/2.png": picture()}, "gz"))

    digests = {images.decode(data).sha256, intake.check(tmp_path / "one")["pixels_sha256"]}
    digests |= {dict(intake.pictures(tmp_path / name, "x"))["x/a/1.png"].sha256 for name in ("all.zip", "all.tgz")}
    digests |= {next(iter(intake.pictures(tmp_path / "one")))[1].sha256}

    assert len(digests) == 1


def test_no_check_leaves_a_file_open(tmp_path):
    (tmp_path / "a.png").write_bytes(saved(scene(), "PNG"))
    (tmp_path / "b.zip").write_bytes(zipped(files()))
    (tmp_path / "c.zip").write_bytes(zipped(files("a.png")))
    (tmp_path / "d.keras").write_bytes(odd_models.keras_file())
    (tmp_path / "e.tgz").write_bytes(tarred(files(), "gz")[:-20])
    if not os.path.exists("/proc/self/fd"):
        pytest.skip("this system doesn't list open files")
    before = len(os.listdir("/proc/self/fd"))

    for path in sorted(tmp_path.iterdir()):
        intake.check(path)
        list(intake.pictures(path))

    assert len(os.listdir("/proc/self/fd")) == before


def test_the_doors_share_one_way_of_opening(tmp_path):
    with pytest.raises(Refused) as first:
        archives.open(tmp_path / "none")
    assert intake.check(tmp_path / "none")["message"] == first.value.message


@pytest.mark.parametrize("case", odd_archives.good() + odd_archives.refused(), ids=str)
def test_check_tells_what_adding_the_data_would_do(tmp_path, case):
    from mlcore import data

    (tmp_path / "data.zip").write_bytes(case.make())
    row = intake.check(tmp_path / "data.zip")
    if row.get("type") == "picture" or row.get("kind") == "not-an-image":
        pytest.skip("check takes a lone picture; a data set needs more")

    if not row["accepted"]:
        with pytest.raises(Refused) as refusal:
            data.add(tmp_path / "data.zip", "odd")
        assert refusal.value.kind == row["kind"]
        assert [one.name for one in data.all() if one.stored] == []
    else:
        added = data.add(tmp_path / "data.zip", "odd")
        assert dict(added.class_counts) == row["classes"]
        assert {str(one.kind) for one in added.notices} >= {one["kind"] for one in row["notices"]}
