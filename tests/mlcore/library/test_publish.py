"""A trained network becomes a model: whole or not at all, its card last."""

from dataclasses import dataclass
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from mlcore import architectures, durable, library
from mlcore.events import ModelSaved, StageStarted
from mlcore.home import home
from mlcore.intervals import wilson
from mlcore.library import export
from mlcore.library.litert import SmallCopy
from mlcore.library.opened import load_network
from mlcore.library.publish import changed_settings, describe, publish, save_network
from mlcore.settings import Settings

needs_tensorflow = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the export needs TensorFlow")
TRAINED = SimpleNamespace(
    dataset=SimpleNamespace(classes=("a", "b"), shape=(8, 8, 3), fingerprint="0f"),
    progress=SimpleNamespace(seconds=12.34),
)
COPY = SmallCopy(True, 3e-8, "The small copy gives the same answers.")


@dataclass
class Network:
    """As many parameters as a card wants to know."""

    parameters: int = 42

    def count_params(self):
        return self.parameters


@pytest.fixture
def folder():
    folder = home() / "models" / "fresh"
    folder.mkdir(parents=True)
    durable.write_json(folder / "status.json", {"title": "Fresh"})
    return folder


def card_of(folder, **own):
    facts = {"data": "shapes", "architecture": "mlp", "command": "python -m mlcore train"}
    return describe(folder, Network(), TRAINED, COPY, **facts, **own)


def test_a_card_tells_what_folder_training_and_small_copy_know(folder):
    card = card_of(folder)

    assert (card.id, card.title, card.kind) == ("fresh", "Fresh", "classifier")
    assert (card.classes, card.shape, card.parameters, card.seconds) == (("a", "b"), (8, 8, 3), 42, 12.3)
    assert (card.answers_fast, card.fast_difference, card.fingerprint) == (True, 3e-8, "0f")


def test_without_a_title_a_model_is_called_as_its_folder(folder):
    (folder / "status.json").unlink()

    assert card_of(folder).title == "fresh"


def test_a_model_is_in_the_library_once_its_card_is_and_that_is_told_afterwards(folder):
    listed = []

    publish(card_of(folder), folder, lambda event: listed.append((event, [card.id for card in library.all()])))

    assert [event for event, _ in listed] == [ModelSaved(None, None, None, 0)]
    assert "fresh" in listed[0][1]


def test_how_good_a_model_is_is_told_with_its_interval(folder):
    events, measured = [], wilson(9, 10)

    publish(card_of(folder, accuracy=measured), folder, events.append)

    assert events == [ModelSaved(0.9, measured.low, measured.high, 10)]


def test_a_saved_network_answers_as_before_and_leaves_its_optimiser_behind(folder, tmp_path):
    network, events = architectures.build("mlp", {}, (8, 8, 3), 2), []
    network.compile("adam", "mse")
    pictures = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3)).astype("float32")
    network.fit(pictures, np.zeros((3, 2)), verbose=0)

    save_network(network, folder, "network", events.append)

    network.save(tmp_path / "whole.keras")
    assert (folder / "model.keras").stat().st_size < (tmp_path / "whole.keras").stat().st_size / 2
    np.testing.assert_array_equal(network(pictures), load_network(folder)(pictures))
    assert events == [StageStarted("Saving the network")]


@pytest.fixture
def painter():
    """A network that makes pictures 4 x 4 of two numbers."""
    layers = [keras.Input((2,)), keras.layers.Dense(48), keras.layers.Reshape((4, 4, 3))]
    return keras.Sequential(layers)


@needs_tensorflow
def test_the_copy_of_a_network_that_makes_pictures_is_kept_where_both_make_the_same(painter, tmp_path):
    numbers = np.random.default_rng(0).standard_normal((5, 2)).astype("float32")

    copy = export.write_picture_copy(painter, tmp_path, numbers, "makes the same pictures")

    assert copy.usable
    assert copy.message == "The small copy makes the same pictures: no level of 255 differs by more than a half."
    assert (tmp_path / "model.tflite").is_file()


@needs_tensorflow
def test_a_copy_that_makes_other_pictures_is_not_kept(painter, tmp_path):
    other = keras.models.clone_model(painter)
    other.set_weights([each + 1 for each in painter.get_weights()])

    copy = export.write_picture_copy(painter, tmp_path, np.ones((5, 2), "float32"), "makes the same pictures", other)

    assert not copy.usable
    assert copy.difference == pytest.approx(3, rel=1e-3)
    assert not (tmp_path / "model.tflite").exists()


class Plan(Settings):
    data: str = "digits"
    steps: int = 10
    network: dict[str, int] = {}  # noqa: RUF012 - pydantic copies it


def test_the_command_on_a_card_names_what_isnt_usual():
    usual = Plan()

    assert changed_settings(usual, usual) == ""
    assert changed_settings(usual, Plan(steps=20, network={"width": 8})) == ' --set steps=20 --set network={"width":8}'
