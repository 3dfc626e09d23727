"""Pictures that come along: where they lie in the whole set, how they were chosen, and what they are never used for."""

import numpy as np
import pytest
from PIL import Image

from mlcore import data, evaluation, images, library
from mlcore.data import ingest
from mlcore.data.excerpt import FOLDER, find_excerpt
from mlcore.data.sources import folder
from mlcore.errors import Kind, Refused

MODELS = {"cifar10": "animals-and-vehicles", "mnist": "handwritten-digits"}


@pytest.fixture(params=MODELS)
def name(request, home):
    return request.param


@pytest.fixture
def answers(name):
    return evaluation.load(library.folder(MODELS[name]), "test").answers


def test_they_are_pictures_of_the_very_set_that_the_starter_was_measured_on(name):
    part, report = data.excerpt(name), evaluation.load(library.folder(MODELS[name]), "test")

    assert part.fingerprint == report.fingerprint
    assert part.classes == report.classes
    assert part.splits["test"] == report.accuracy.n


def test_labels_are_the_truth_and_the_starter_answers_them_as_it_once_did(name, answers):
    split = data.at_hand(name).split("test")
    some = split.at_hand[::20]
    told = library.open_classifier(MODELS[name]).predict(list(split.read(some)))

    assert [answers.at(int(place)).truth for place in split.at_hand] == split.labels[split.at_hand].tolist()
    assert [each.best for each in told] == [answers.at(int(place)).predicted for place in some]


def test_thirty_of_each_class_were_drawn_whatever_the_starter_makes_of_them(name, answers):
    split = data.excerpt(name).split("test")

    assert (np.bincount(split.labels[split.drawn]) == 30).all()
    right = answers.correct[np.searchsorted(answers.indices, split.drawn)].mean()
    assert abs(right - answers.correct.mean()) < 0.05  # of 300: 3.4 standard errors at 93 %


def test_all_others_are_mistakes_and_every_kind_of_mistake_has_some(name, answers):
    split, classes = data.excerpt(name).split("test"), range(10)
    others = np.setdiff1d(split.at_hand, split.drawn)

    assert not answers.correct[np.searchsorted(answers.indices, others)].any()
    for truth, other in [(truth, other) for truth in classes for other in classes if truth != other]:
        cell = evaluation.cell(answers, truth, other)
        assert np.isin(cell, split.at_hand).sum() >= min(3, len(cell))
    assert np.isin(evaluation.mistakes(answers, 12), split.at_hand).all()


def test_one_that_is_not_here_is_refused_in_words(name):
    split = data.excerpt(name).split("test")
    absent = int(np.flatnonzero(split.labels < 0)[0])

    with pytest.raises(Refused, match=f"number {absent} isn't among them") as refusal:
        split.read([absent])
    assert refusal.value.kind == Kind.MISSING_DATA


def test_a_picture_is_found_again_by_its_pixels(name):
    split = data.excerpt(name).split("test")
    place = int(split.at_hand[7])
    part, position = find_excerpt(images.Picture(split.read([place])[0]).sha256)

    assert (part.dataset.name, position) == (name, place)
    assert find_excerpt("00" * 32) is None
    assert find_excerpt("no digest") is None


def test_without_one_there_is_nothing_at_hand(home):
    assert data.at_hand("cifar100") is None
    assert data.excerpt("../cifar10") is None


def test_a_stored_set_of_another_order_shows_the_pictures_of_the_same_pixels(home, tmp_path):
    """Two test pictures of each digit of the excerpt, stored under the set's name beside one that isn't of it."""
    split = data.excerpt("mnist").split("test")
    places = [int(place) for label in range(10) for place in np.flatnonzero(split.labels == label)[:2]]
    for place, pixels in zip(places, split.read(places), strict=True):
        _write(tmp_path / "test" / str(split.labels[place]) / f"{place}.png", pixels)
        _write(tmp_path / "train" / str(split.labels[place]) / f"{place}.png", 255 - pixels)
    _write(tmp_path / "test" / "0" / "strange.png", np.zeros((28, 28, 3), "uint8"))
    facts = {"title": "MNIST", "description": "", "source": "mnist", "license": ""}
    whole = data.Dataset(ingest.store(folder.read(tmp_path), "mnist", facts, None, 0))
    part = data.at_hand("mnist", data.excerpt("mnist").fingerprint)
    beside = part.split("test")
    beside._files = {}  # so that every picture has to come from the stored set

    assert data.at_hand("mnist").fingerprint == whole.fingerprint
    assert set(beside._rows) == set(places)
    assert (beside.read(places) == split.read(places)).all()
    assert (beside.labels[places] == split.labels[places]).all()


def test_they_take_little_room(home):
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 1_500_000


def _write(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
