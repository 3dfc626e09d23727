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
        name for name, kind in backbones.POOLS.items() if kind == backbones.pooling(backbones.DEFAULT)
    }


def test_a_fingerprint_follows_the_weights(tiny_model):
    before = backbones.fingerprint(tiny_model)
    assert before == backbones.fingerprint(tiny_model)

    path = library.folder(tiny_model) / "model.keras"
    path.write_bytes(path.read_bytes() + b"0")
    assert backbones.fingerprint(tiny_model) != before


@pytest.mark.parametrize("ask", [backbones.title, backbones.size, backbones.pooling, backbones.fingerprint])
def test_a_name_that_isnt_there_is_refused_with_those_that_are(ask):
    with pytest.raises(Refused, match="animals-and-vehicles") as refusal:
        ask("nothing")

    assert refusal.value.kind == "unknown-model"


def test_without_a_network_the_sentence_says_what_to_do(monkeypatch):
    import keras

    def offline(**_):
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.applications, "MobileNetV2", offline)

    with pytest.raises(Refused, match=r"~/.keras/models") as refusal:
        backbones.network("mobilenet-v2")
    assert refusal.value.kind == "no-network"


@pytest.mark.slow
@pytest.mark.parametrize("name", published.PUBLISHED)
def test_a_published_network_takes_pictures_as_they_are(name):
    """Compared with Keras' own preprocessing, at random weights: no network needed."""
    import importlib

    import keras

    keras.utils.set_random_seed(0)
    known = published.PUBLISHED[name]
    ours = published.network(name, weights=None)
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
