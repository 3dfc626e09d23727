"""What can be built on: the library's models and, where their weights are, those of keras.applications."""

import numpy as np
import pytest

from mlcore import backbones, library
from mlcore.backbones import published
from mlcore.errors import Refused


def test_the_default_comes_with_the_program():
    assert library.card_of(backbones.DEFAULT).starter
    assert backbones.DEFAULT in backbones.titles()


def test_a_starter_pools_as_its_network_does():
    kinds = {type(layer).__name__ for layer in library.open(backbones.DEFAULT).model.layers}

    assert backbones.POOLS.keys() & kinds == {
        name for name, kind in backbones.POOLS.items() if kind == backbones.open(backbones.DEFAULT).pooling
    }


def test_a_fingerprint_follows_the_weights(tiny_model):
    before = backbones.open(tiny_model).fingerprint
    assert before == backbones.open(tiny_model).fingerprint

    path = library.folder(tiny_model) / "model.keras"
    path.write_bytes(path.read_bytes() + b"0")
    assert backbones.open(tiny_model).fingerprint != before


def test_a_name_that_isnt_there_is_refused_with_those_that_are():
    with pytest.raises(Refused, match="animals-and-vehicles") as refusal:
        backbones.open("nothing")

    assert refusal.value.kind == "unknown-model"


def test_what_doesnt_look_at_single_pictures_is_refused():
    with pytest.raises(Refused, match="isn't a classifier of single pictures") as refusal:
        backbones.open("made-up-digits")

    assert refusal.value.kind == "not-compatible"


@pytest.mark.parametrize(
    ("shape", "name"),
    [((64, 80, 3), "photographs"), ((320, 63, 3), "animals-and-vehicles"), ((8, 128, 128, 3), "photographs")],
)
def test_photographs_get_the_network_that_knows_photographs(photographs, shape, name):
    assert backbones.fitting(shape) == name


def test_without_its_package_the_small_one_serves_all(monkeypatch):
    monkeypatch.setattr(backbones, "own_titles", dict)
    assert backbones.fitting((224, 224, 3)) == backbones.DEFAULT


def test_without_a_network_the_sentence_says_what_to_do(monkeypatch):
    import keras

    def offline(**_):
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.applications, "MobileNetV2", offline)

    with pytest.raises(Refused, match=r"~/.keras/models") as refusal:
        backbones.open("mobilenet-v2").network()
    assert refusal.value.kind == "no-network"


@pytest.mark.slow
@pytest.mark.parametrize("name", published.PUBLISHED)
def test_a_published_network_takes_pictures_as_they_are(name):
    """Compared with Keras' own preprocessing, at random weights: no network needed."""
    import importlib

    import keras

    keras.utils.set_random_seed(0)
    known = published.PUBLISHED[name]
    ours = known.network(weights=None)
    theirs = published._fetched(known, None)
    if known.pixels == "caffe":
        published._red_first(theirs)
    theirs.set_weights(ours.get_weights())
    if known.pixels == "caffe":
        published._red_first(theirs)
    module = {"own": None, "signed": "mobilenet_v2", "caffe": "resnet50"}[known.pixels]
    pictures = np.random.default_rng(0).uniform(0, 255, (2, 96, 96, 3)).astype("float32")
    prepared = (
        importlib.import_module(f"keras.applications.{module}").preprocess_input(pictures.copy())
        if module
        else pictures
    )

    np.testing.assert_allclose(ours(pictures), theirs(prepared), rtol=1e-3, atol=1e-3)
