"""The snapshots of a run: what it saw, epoch by epoch, without changing what it learned."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from mlcore import durable, training
from mlcore.training import loop, snapshots


def recipe(*assignments, architecture="fast-cnn"):
    return training.draft("shapes", architecture, None, ["training.epochs=3", "training.batch_size=16", *assignments])


def test_entries_tell_epoch_answers_and_confusion(tiny_data, tmp_path):
    result = training.train(recipe(), tmp_path)
    found = snapshots.entries(tmp_path)
    last, validation = found[-1], tiny_data.split("val")
    pictures = validation.read(np.arange(len(validation))).astype("float32")
    answers = np.asarray(result.model(pictures)).argmax(axis=1)

    assert found[0].epoch == 1
    assert last.epoch == 3
    assert len(last.pictures) == min(6, len(validation))
    assert {row["truth"] for row in last.pictures} == set(tiny_data.classes)
    assert all(sum(share for _, share in row["top"]) == pytest.approx(1, abs=1e-3) for row in last.pictures)
    assert [sum(row) for row in last.confusion] == list(np.bincount(validation.labels))
    assert np.trace(np.asarray(last.confusion)) == (answers == validation.labels).sum()
    assert Image.open(last.strip).size == (len(last.pictures) * (96 + 6) - 6, 96)


def test_the_validation_pictures_are_answered_in_parts(tiny_data, monkeypatch, tmp_path):
    """400 at once took 1,280 MB where training a ResNet-20 takes 366; the table is the same in parts."""
    asked = []

    def answers(pictures):
        asked.append(len(pictures))
        return np.eye(3)[pictures[:, 0, 0, 0].astype(int) % 3]

    looks = snapshots.Snapshots(tmp_path, tiny_data, 1, 1.0)
    looks._quick_look = SimpleNamespace(answers=answers)
    whole = looks._confusion()
    monkeypatch.setattr(snapshots, "PART", 2)

    assert looks._confusion() == whole
    assert max(asked[1:]) == 2
    assert sum(asked[1:]) == asked[0] == looks._counted.size


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["fast-cnn", "mlp"])
def test_looking_changes_nothing(tiny_data, tmp_path, monkeypatch, architecture):
    """An entry for each epoch, or none at all: the same weights to the bit; the MLP has no feature map."""
    monkeypatch.setattr(snapshots, "SHARE", 1e9)
    watched = training.train(recipe(architecture=architecture), tmp_path / "watched")
    monkeypatch.setattr(loop.Snapshots, "epoch_ended", lambda *_: None)
    alone = training.train(recipe(architecture=architecture), tmp_path / "alone")

    assert [entry.epoch for entry in snapshots.entries(tmp_path / "watched")] == [1, 2, 3]
    assert snapshots.entries(tmp_path / "alone") == []
    for one, other in zip(watched.model.get_weights(), alone.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("cost", "expected"), [(0.0001, [*range(1, 101, 2), 100]), (0.099, [1, 35, 69, 100]), (9.0, [1, 100])]
)
def test_dear_entries_are_rare(tiny_data, tmp_path, monkeypatch, cost, expected):
    """100 epochs in 10 s: 3 % are 0.3 s, so 3 entries of 0.099 s; the first and the last come always."""
    written = []
    book = snapshots.Snapshots(tmp_path, tiny_data, 100, 10.0)

    monkeypatch.setattr(book, "_write", lambda model, epoch: written.append(epoch))
    monkeypatch.setattr(snapshots.time, "perf_counter", iter(cost * np.arange(500)).__next__)
    for epoch in range(1, 101):
        book.epoch_ended(None, epoch)

    assert written == expected


def test_trouble_ends_the_snapshots_and_not_the_training(tiny_data, tmp_path, monkeypatch):
    tried = []
    monkeypatch.setattr(snapshots.Snapshots, "_write", lambda self, model, epoch: tried.append(epoch) or 1 / 0)
    book = snapshots.Snapshots(tmp_path, tiny_data, 9, 10.0)
    for epoch in range(1, 10):
        book.epoch_ended(None, epoch)

    assert tried == [1]
    assert snapshots.entries(tmp_path) == []


def test_pinned_pictures_take_turns_among_the_classes():
    labels = np.array([0, 0, 0, 1, 1, 2, 0, 0])

    np.testing.assert_array_equal(snapshots.pinned(labels, 3), [0, 3, 5])
    np.testing.assert_array_equal(snapshots.pinned(labels, 5), [0, 1, 3, 4, 5])
    np.testing.assert_array_equal(snapshots.pinned(labels, 99), np.arange(8))


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"epoch": 1}'])
def test_damaged_entries_are_left_out(tmp_path, damage):
    durable.write_text(tmp_path / "progress" / "epoch-001.json", damage)
    (tmp_path / "progress" / "epoch-001.png").write_bytes(b"x")

    assert snapshots.entries(tmp_path) == []
