"""Pictures without a class come along on request, wait in no split, and don't touch what is known of the others."""

import numpy as np

from mlcore import data
from mlcore.archives import Reading
from mlcore.data.preview import preview
from tests.odd_archives import files, picture

KEPT = Reading(unlabelled=True)


TEST = {f"test/{number}.png": picture(100 + number) for number in range(4)}


def test_a_test_folder_without_classes_waits_to_be_labelled(pack):
    path = pack(files(prefix="train/") | TEST)

    left_out, kept = data.add(path, "without"), data.add(path, "with", reading=KEPT)

    assert len(left_out) == 6
    assert len(kept) == 10
    assert sorted(kept.names[row] for row in kept.unlabelled) == sorted(TEST)
    assert kept.class_counts == left_out.class_counts == {"cat": 3, "dog": 3}
    assert kept.splits == left_out.splits
    assert preview(path, reading=KEPT).unlabelled == 4


def test_pictures_without_a_row_wait(pack):
    table = {"labels.csv": b"path,label\na,cat\nb,dog\nc,\n"}

    dataset = data.add(pack(files("a.png", "b.png", "c.png", "d.png") | table), "pets", reading=KEPT)

    assert sorted(dataset.names[row] for row in dataset.unlabelled) == ["c.png", "d.png"]


def test_a_folder_without_classes_can_wait_as_a_whole_and_be_labelled(pack):
    dataset = data.add(pack(files(*(f"{number}.png" for number in range(6)))), "pets", reading=KEPT)
    assert len(dataset.unlabelled) == 6
    assert sum(dataset.splits.values()) == 0

    labelled = data.edit("pets", [data.Relabel(np.arange(3), "cat"), data.Relabel(np.arange(3, 6), "dog")])
    assert {name: count for name, count in labelled.class_counts.items() if count} == {"cat": 3, "dog": 3}


def test_a_copy_that_waits_is_no_conflict(pack):
    content = files() | {"test/copy.png": files()["dog/1.png"]}

    dataset = data.add(pack({f"train/{n}" if n[0] != "t" else n: c for n, c in content.items()}), "pets", reading=KEPT)

    assert not [notice for notice in dataset.notices if "equal to a picture of another class" in notice.message]


def test_what_is_said_to_be_left_out_does_not_wait(pack):
    content = {f"{fold}/{name}": data for fold in ("a", "b") for name, data in files().items()}
    said = Reading(splits={"a": "train", "b": ""}, unlabelled=True)

    assert len(data.add(pack(content), "pets", reading=said)) == 6
