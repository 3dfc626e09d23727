"""Explanations kept on disk."""

import os
from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.explanation import cache, explain


@pytest.fixture
def classifier(classifiers, tmp_path):
    """A classifier in a model folder; what the files hold doesn't matter, only whether they changed."""
    for name in ("model.keras", "card.json"):
        (tmp_path / name).write_text("made by hand")
    found = classifiers["square"]
    card = SimpleNamespace(**vars(found.card) | {"temperature": 1.5})
    return SimpleNamespace(card=card, model=found.model, logits=found.logits, folder=tmp_path)


@pytest.fixture
def photo():
    return np.random.default_rng(1).integers(0, 256, (8, 8, 3), "uint8")


@pytest.fixture
def worked(monkeypatch):
    """The requests that had to be worked out."""
    asked = []

    def counted(*args, **settings):
        asked.append(args)
        return explain(*args, **settings)

    monkeypatch.setattr(cache, "explain", counted)
    return asked


def same(one, other):
    for each in fields(one):
        np.testing.assert_equal(getattr(one, each.name), getattr(other, each.name), each.name)
    return True


@pytest.mark.parametrize("method", ["gradient", "occlusion"])
def test_the_second_time_it_comes_from_disk_and_is_the_same(classifier, photo, worked, method):
    first, second = (cache.explained(classifier, photo, method, 1) for _ in range(2))

    assert len(worked) == 1
    assert same(first, second)
    assert same(first, explain(method, classifier, photo, 1))
    assert len(list(cache.folder().iterdir())) == 1


def test_an_answer_from_disk_needs_no_network(classifier, photo):
    first = cache.explained(classifier, photo, "gradient", "bee")

    class Cold:
        card, folder = classifier.card, classifier.folder

        @property
        def model(self):
            raise AssertionError("the answer is on disk")

    assert same(first, cache.explained(Cold(), SimpleNamespace(pixels=photo), "gradient", "bee"))


@pytest.mark.parametrize(
    "change",
    [
        {"method": "integrated-gradients"},
        {"target": 2},
        {"target": None},
        {"output": "probabilities"},
        {"samples": 5},
        {"seed": 1},
        {"picture": np.zeros((8, 8, 3), "uint8")},
        {"file": "model.keras"},
        {"file": "card.json"},
    ],
    ids=str,
)
def test_whatever_differs_is_worked_out_anew(classifier, photo, worked, change):
    request = {"picture": photo, "method": "smoothgrad", "target": 1, "samples": 4}
    cache.explained(classifier, **request)
    if file := change.pop("file", None):
        os.utime(classifier.folder / file, (1, 1))
    request |= change
    if request["method"] != "smoothgrad":
        request.pop("samples")

    cache.explained(classifier, **request)

    assert len(worked) == 2


def test_a_changed_method_is_worked_out_anew(classifier, photo, worked, monkeypatch):
    cache.explained(classifier, photo, "gradient", 1)
    monkeypatch.setattr(cache, "_code", lambda: [1, 2])
    cache.explained(classifier, photo, "gradient", 1)

    assert len(worked) == 2


@pytest.mark.parametrize("damage", [b"", b"not an archive", b"half"], ids=str)
def test_a_damaged_file_is_replaced(classifier, photo, worked, damage):
    first = cache.explained(classifier, photo, "gradient", 1)
    (file,) = cache.folder().iterdir()
    file.write_bytes(file.read_bytes()[:200] if damage == b"half" else damage)

    assert same(first, cache.explained(classifier, photo, "gradient", 1))
    assert same(first, cache.explained(classifier, photo, "gradient", 1))
    assert len(worked) == 2


def test_a_full_disk_costs_the_cache_only(classifier, photo, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.durable, "write_bytes", full)

    assert same(cache.explained(classifier, photo, "gradient", 1), explain("gradient", classifier, photo, 1))


def test_those_not_used_for_longest_go_first(classifier, photo, worked, monkeypatch):
    monkeypatch.setattr(cache, "MOST_FILES", 3)
    monkeypatch.setattr(cache, "KEPT", 1)
    for age, target in ((30, 0), (20, 1), (10, 2)):
        before = set(cache.folder().glob("*"))
        cache.explained(classifier, photo, "gradient", target)
        (new,) = set(cache.folder().iterdir()) - before
        os.utime(new, (1e9 - age, 1e9 - age))
    cache.explained(classifier, photo, "gradient", 0)  # read, and so the last used

    cache.explained(classifier, photo, "gradient")
    cache.explained(classifier, photo, "gradient", 0)
    assert len(worked) == 4
    assert len(list(cache.folder().iterdir())) == 3

    cache.explained(classifier, photo, "gradient", 1)
    assert len(worked) == 5


def test_the_size_is_bounded(classifier, photo, monkeypatch):
    cache.explained(classifier, photo, "gradient", 0)
    (file,) = cache.folder().iterdir()
    monkeypatch.setattr(cache, "MOST_BYTES", 2.5 * file.stat().st_size)

    for target in (1, 2):
        cache.explained(classifier, photo, "gradient", target)

    assert len(list(cache.folder().iterdir())) == 2


def test_what_is_refused_is_refused_each_time(classifier, photo):
    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            cache.explained(classifier, photo, "occlusion", 1, window=2, stride=3)
        assert refusal.value.kind == Kind.BAD_SETTING
    assert not cache.folder().exists()


def test_a_model_without_a_folder_is_explained_all_the_same(classifiers, photo):
    classifier = classifiers["square"]

    assert same(cache.explained(classifier, photo, "gradient", 1), explain("gradient", classifier, photo, 1))
    assert not cache.folder().exists()


def test_ending_the_work_keeps_nothing(classifier, photo):
    def enough(share, text=""):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.explained(classifier, photo, "rise", 1, progress=enough)

    assert not cache.folder().exists()
