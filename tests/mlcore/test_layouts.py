"""Splits and classes are told apart by where pictures lie; what can be read in two ways is asked, never guessed."""

import io

import pytest

from mlcore import archives
from mlcore.archives import Reading, layout, reading
from mlcore.errors import Kind, Refused
from tests.odd_archives import files, zipped


def opened(content, said=archives.DETECTED):
    archive = archives.open(io.BytesIO(zipped(content)), reading=said)
    archive.require_classes()
    return archive


def places(content, said=archives.DETECTED):
    """(split, class) of each picture that is read, with how many there are."""
    rows = [(member.split, member.class_name) for member in opened(content, said).members]
    return {row: rows.count(row) for row in rows}


def pets(*folders):
    return files(
        *(f"{folder}/{name}/{number}.png" for folder in folders for name in ("cat", "dog") for number in (1, 2))
    )


UNCLEAR = {
    "a folder beside splits": pets("train", "hidden"),
    "several beside": pets("train", "test", "more", "extra"),
    "folds": pets("fold1", "fold2", "fold3"),
    "years": pets("2019", "2020"),
    "splits with words of their own": files("train_a/1.png", "train_a/2.png", "test_b/3.png", "test_b/4.png"),
    "split and class in one name": files("cats_train/1.png", "cats_test/2.png", "dogs_train/3.png", "dogs_test/4.png"),
}


@pytest.mark.parametrize("content", UNCLEAR.values(), ids=UNCLEAR)
def test_what_looks_like_splits_and_is_not_understood_is_asked(content):
    with pytest.raises(Refused) as refusal:
        opened(content)

    assert refusal.value.kind == Kind.UNCLEAR_SPLITS
    assert "--splits" in refusal.value.message
    assert "--classes-at" in refusal.value.message


@pytest.mark.parametrize("folder", ["hidden", "data/hidden"])
def test_a_folder_that_is_said_to_be_a_split_is_one(folder):
    content = {f"data/{name}": data for name, data in pets("train", "hidden").items()}

    assert places(content, Reading(splits={folder: "test"})) == {
        (split, name): 2 for split in ("train", "test") for name in ("cat", "dog")
    }


def test_folders_that_are_said_to_be_left_out_are(tmp_path):
    said = Reading(splits=reading.splits("train=fold1, val=fold2/,out=fold3"))

    assert {split for split, _ in places(pets("fold1", "fold2", "fold3"), said)} == {"train", "val"}


def test_classes_stand_where_they_are_said_to():
    content = pets("2019", "2020")

    assert places(content, Reading(classes_at=1)) == {(None, "2019"): 4, (None, "2020"): 4}
    assert places(content, Reading(classes_at=2)) == {(None, "cat"): 4, (None, "dog"): 4}


def test_with_a_split_said_classes_may_stand_deeper():
    content = {
        name.replace("cat", "animals/cat").replace("dog", "animals/dog"): data for name, data in pets("a").items()
    }
    said = Reading(splits={"a": "train"}, classes_at=3)

    assert set(places(content, said)) == {(None, "cat"), (None, "dog")}


@pytest.mark.parametrize("text", ["train", "train=", "=a", "sunday=a", "train=a,/"])
def test_splits_that_cannot_be_read_are_refused(text):
    with pytest.raises(Refused) as refusal:
        reading.splits(text)

    assert refusal.value.kind == Kind.BAD_SETTING


def test_a_split_of_a_folder_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(Refused) as refusal:
        opened(pets("train", "hidden"), Reading(splits={"tests": "test"}))

    assert refusal.value.kind == Kind.BAD_SETTING
    assert "'hidden'" in refusal.value.message


NAMES = ("Abyssinian_1.png", "Abyssinian_34.png", "great_pyrenees_7.png", "great_pyrenees_8.png")


def test_classes_in_the_names_of_files_are_told_and_read_when_said():
    told = opened(files(*NAMES)).notices[0].message

    assert "'great_pyrenees'" in told
    assert places(files(*NAMES), Reading(by_name=True)) == {(None, "Abyssinian"): 2, (None, "great_pyrenees"): 2}


def test_classes_in_the_names_of_files_go_with_splits():
    content = files("train/cat.0.png", "train/dog.1.png", "test/cat.2.png", "test/dog.3.png")

    assert set(places(content, Reading(by_name=True))) == {
        (split, name) for split in ("train", "test") for name in ("cat", "dog")
    }


@pytest.mark.parametrize(
    "names", [("IMG_1.png", "IMG_2.png"), ("a1.png", "b2.png"), ("1.png", "2.png"), ("x.png", "y1.png")]
)
def test_names_that_tell_no_classes_are_left_alone(names):
    assert all("--by-name" not in notice.message for notice in opened(files(*names)).notices)


@pytest.mark.parametrize(
    ("file", "word"),
    [
        ("cat_12.jpg", "cat"),
        ("cat.12.jpg", "cat"),
        ("great_pyrenees_ (7).jpg", None),
        ("a1b-22.jpg", "a1b"),
        ("_-é__0.png", "_-é"),
        ("1_2.png", None),
        ("cat.jpg", None),
        ("12.jpg", None),
        ("cat_12_x.jpg", None),
    ],
)
def test_the_word_before_a_number(file, word):
    assert layout.name_before_number(file) == word


def test_long_names_take_no_time():
    """A pattern that goes back and forth took minutes for a million letters like these."""
    assert layout.name_before_number("a_" * 500_000 + "x.png") is None


class Sent(io.BytesIO):
    """A file that a browser sent, under its path in the folder that was dropped."""

    def __init__(self, name, data):
        super().__init__(data)
        self.name = name


def test_a_dropped_folder_reads_like_its_zip():
    content = {**pets("pets/train", "pets/test"), "pets/notes.txt": b"x", "pets/train/cat/bad.png": b"text"}

    with archives.open([Sent(name, data) for name, data in content.items()]) as dropped:
        packed = opened(content)
        dropped.require_classes()

        assert dropped.members == packed.members
        assert {member.name: data for member, data in dropped.pictures()} == {
            member.name: data for member, data in packed.pictures()
        }


def test_a_dropped_name_that_leads_elsewhere_is_refused():
    with pytest.raises(Refused) as refusal:
        archives.open([Sent("../evil.png", b"")])

    assert refusal.value.kind == Kind.UNSAFE_PATH
