"""A data set and its versions: nothing is ever lost, whoever edits and whenever it is killed."""

import hashlib
import os
import shutil
import threading
from contextlib import suppress

import numpy as np
import pytest

from mlcore import data, durable
from mlcore.data import versions
from mlcore.data.find import find
from mlcore.errors import Kind, Refused


@pytest.fixture
def pictures(noise):
    return noise(20)


@pytest.fixture
def dataset(keep, pictures):
    return keep([(pixels, number % 2, None) for number, pixels in enumerate(pictures)])


def state(dataset):
    """What a version holds, by picture: class and split."""
    opened = zip(dataset.names, dataset.labels.tolist(), dataset.split_codes.tolist(), strict=True)
    return {name: (dataset.classes[label] if code < 3 else "", code) for name, label, code in opened}


def files(folder):
    kept = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


def test_a_set_as_it_was_added_is_version_one(dataset):
    assert (dataset.version, data.history("set")[0].parent) == (1, 0)
    assert [(each.number, each.pictures) for each in data.history("set")] == [(1, 20)]
    assert not (dataset.folder / "versions").exists()
    assert data.version_of("set", dataset.fingerprint) == 1
    assert data.version_of("set", "0" * 16) is None
    assert data.version_of("nothing", "0" * 16) is None


def test_an_edit_makes_the_next_version_and_leaves_every_older_file(dataset, pictures):
    before = files(dataset.folder)
    new = data.edit("set", [data.Relabel([0, 2], "b"), data.Drop([5, 7])])

    assert (new.version, len(new), len(new.split("train")) + len(new.split("val")) + len(new.split("test"))) == (
        2,
        18,
        18,
    )
    assert before.items() <= files(dataset.folder).items()
    assert data.open("set").fingerprint == new.fingerprint != dataset.fingerprint
    assert data.stored("set").class_counts == new.class_counts == {"a": 8, "b": 10}
    assert [each.why for each in data.history("set")] == ["", "2 pictures called 'b'; 2 pictures left out"]
    for name, row in zip(new.names, range(18), strict=True):
        np.testing.assert_array_equal(new.read_rows(np.array([row]))[0], pictures[int(name[:-4])])


def test_splits_read_the_pictures_of_their_rows(dataset, pictures):
    new = data.edit("set", [data.Drop([3, 4]), data.Move([0], "test")])

    for name in ("train", "val", "test"):
        part = new.split(name)
        assert (new.split_codes[part.rows] == ("train", "val", "test").index(name)).all()
        for index in range(len(part)):
            np.testing.assert_array_equal(part.read([index])[0], pictures[int(part.name(index)[:-4])])


def test_undo_and_redo_give_back_the_very_same(dataset):
    second = data.edit("set", [data.Move([1], "unlabelled")])
    third = data.edit("set", [data.RenameClass("a", "z")])

    assert state(data.undo("set")) == state(second)
    assert data.undo("set").fingerprint == dataset.fingerprint
    with pytest.raises(Refused, match="nothing to undo"):
        data.undo("set")
    assert data.redo("set").fingerprint == second.fingerprint
    assert data.redo("set").fingerprint == third.fingerprint
    with pytest.raises(Refused, match="nothing to redo"):
        data.redo("set")
    assert [each.number for each in data.history("set")] == [1, 2, 3]


def test_another_way_after_undo_keeps_the_first_way(dataset):
    first = data.edit("set", [data.Relabel([0], "b")])
    data.undo("set")
    second = data.edit("set", [data.Relabel([2], "b")])

    assert [(each.number, each.parent) for each in data.history("set")] == [(1, 0), (2, 1), (3, 1)]
    assert data.open("set", version=2).fingerprint == first.fingerprint
    assert data.go_to("set", 2).version == data.open("set").version == 2
    assert data.version_of("set", second.fingerprint) == 3
    assert data.undo("set").version == 1
    assert data.redo("set").version == 3  # the newest way


def test_an_edit_that_changes_nothing_makes_no_version(dataset):
    assert data.edit("set", [data.Relabel([0], "a")]).version == 1
    assert len(data.history("set")) == 1


def test_a_version_that_isnt_there_is_refused(dataset):
    for ask in (lambda: data.open("set", version=2), lambda: data.go_to("set", 0)):
        with pytest.raises(Refused, match="no version") as refused:
            ask()
        assert refused.value.kind == Kind.UNKNOWN_NAME


def test_whoever_saw_an_older_version_is_refused(dataset):
    data.edit("set", [data.Relabel([0], "b")], fingerprint=dataset.fingerprint)

    with pytest.raises(Refused, match="version 2 is the current one now") as refused:
        data.edit("set", [data.Relabel([2], "b")], fingerprint=dataset.fingerprint)
    assert refused.value.kind == Kind.NOT_COMPATIBLE
    assert data.open("set").version == 2


def test_editors_at_once_come_one_after_the_other(dataset):
    threads = [threading.Thread(target=data.edit, args=["set", [data.Relabel([row], "c")]]) for row in range(0, 16, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert data.open("set").class_counts == {"a": 2, "b": 10, "c": 8}
    assert [each.parent for each in data.history("set")] == list(range(9))


@pytest.mark.parametrize("step", range(14))
def test_a_kill_at_any_write_leaves_the_old_or_the_new(dataset, step, monkeypatch):
    """Every rename, link and sync of the edit in turn is where the process dies; nothing is tidied after it."""
    second = data.edit("set", [data.Relabel([0], "b")])
    calls = iter(range(100))

    def dying(call):
        def work(*given, **options):
            if next(calls) >= step:
                raise KeyboardInterrupt
            return call(*given, **options)

        return work

    with monkeypatch.context() as patch:
        for name in ("replace", "rename", "link", "fsync"):
            patch.setattr(os, name, dying(getattr(os, name)))
        patch.setattr(durable.shutil, "rmtree", lambda *given, **options: None)
        with suppress(KeyboardInterrupt):
            data.edit("set", [data.Drop([1])])

    assert len(data.open("set")) in (19, 20)
    assert (data.open("set").fingerprint == second.fingerprint) == (len(data.open("set")) == 20)
    data.edit("set", [data.Drop([len(data.open("set")) - 1])])
    assert not [path for path in dataset.folder.rglob(".*") if path.name.endswith(durable.TEMPORARY)]


def test_a_version_shares_what_it_doesnt_change(dataset):
    data.edit("set", [data.Relabel([0], "b")])
    data.edit("set", [data.Relabel([2], "b")])
    second, third = versions.at(dataset.folder, 2), versions.at(dataset.folder, 3)

    assert {name: (second / f"{name}.npy").samefile(third / f"{name}.npy") for name in versions.ARRAYS} == {
        "labels": False,
        "splits": True,
        "rows": True,
    }
    assert (second / "splits.npy").samefile(dataset.folder / "splits.npy")


def test_notices_are_those_of_the_version(keep, noise):
    one = noise(9)
    keep([(pixels, number % 2, None) for number, pixels in enumerate([*one, one[0]])])
    kinds = {str(each.kind) for each in data.open("set").notices}
    fixed = data.edit("set", [data.Drop([9])])

    assert "label-conflict" in kinds
    assert "label-conflict" not in {str(each.kind) for each in fixed.notices}


def test_a_picture_is_found_where_the_current_version_has_it(dataset, pictures):
    digest = hashlib.sha256(pictures[6].tobytes()).hexdigest()
    data.edit("set", [data.Drop([0, 2]), data.Move([6], "test")])
    name, split, index = find(digest)

    assert split == "test"
    np.testing.assert_array_equal(data.open(name).split(split).read([index])[0], pictures[6])
    data.edit("set", [data.Move(np.flatnonzero([each == "6.png" for each in data.open("set").names]), "unlabelled")])
    assert find(digest) is None


@pytest.mark.parametrize("damage", [{"version": 9}, {"version": "two"}, {}, []])
def test_a_damaged_pointer_is_refused_in_words(dataset, damage):
    durable.write_json(dataset.folder / versions.CURRENT, damage)

    with pytest.raises(Refused):
        data.open("set")
    assert [each.name for each in data.unreadable()] == ["set"]
    assert data.open("set", version=1).fingerprint == dataset.fingerprint


DAMAGES = {
    "no labels": lambda own: (own / "labels.npy").unlink(),
    "other labels": lambda own: np.save(own / "labels.npy", np.zeros(19, "int32")),
    "rows that aren't there": lambda own: np.save(own / "rows.npy", np.arange(1, 20)[::-1] * 5),
    "rows as text": lambda own: (own / "rows.npy").write_text("0 1 2"),
    "no facts": lambda own: (own / "meta.json").unlink(),
    "a link out of the home": lambda own: (
        (own / "splits.npy").unlink(),
        (own / "splits.npy").symlink_to("/etc/passwd"),
    ),
    "a file in its place": lambda own: (shutil.rmtree(own), own.write_text("")),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_version_is_refused_and_the_others_are_whole(dataset, damage):
    data.edit("set", [data.Drop([0])])
    damage(versions.at(dataset.folder, 2))

    with pytest.raises(Refused, match="go to another of its versions") as refused:
        data.open("set")
    assert refused.value.kind == Kind.MISSING_DATA
    data.all(), data.history("set"), data.version_of("set", "0" * 16), find("0" * 64)
    assert data.go_to("set", 1).fingerprint == data.open("set").fingerprint == dataset.fingerprint
    assert len(data.edit("set", [data.Drop([1])])) == 19


def test_what_only_other_versions_hold_stays_out_of_a_preview(dataset):
    new = data.edit("set", [data.Move(range(0, 20, 2), "unlabelled")])

    assert (new.classes, len(new.unlabelled), len(new.preview(99)["b"])) == (("b",), 10, 10)
