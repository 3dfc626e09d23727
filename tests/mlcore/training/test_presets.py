"""Presets: general ones, one for an architecture, and which of them a data set is met with."""

import numpy as np
import pytest

from mlcore import backbones, data, training
from mlcore.errors import Refused


@pytest.fixture
def photos(home, tmp_path):
    """A data set of 20 pictures of 64 pixels, which is what counts as photographs here."""
    from PIL import Image

    random = np.random.default_rng(0)
    for name in ("left", "right"):
        (tmp_path / name).mkdir()
        for number in range(10):
            Image.fromarray(random.integers(0, 256, (64, 80, 3), np.uint8)).save(tmp_path / name / f"{number}.png")
    return data.add(tmp_path, "photos", 64)


def test_fine_tuning_names_its_architecture_itself(tiny_data):
    recipe = training.draft("shapes", preset="fine-tune")

    assert recipe.architecture == "transfer"
    assert recipe.settings["fine_tune"] == "last"
    assert recipe.training.learning_rate == 0.0003
    assert recipe == training.draft("shapes", "transfer", "fine-tune")


def test_a_preset_of_another_architecture_is_refused(tiny_data):
    with pytest.raises(Refused, match="for the architecture 'transfer', not 'cnn'") as refusal:
        training.draft("shapes", "cnn", "fine-tune")

    assert refusal.value.kind == "not-compatible"


def test_small_pictures_begin_with_a_network_of_their_own(tiny_data):
    assert training.proposed(data.stored("shapes")) == ("cnn", "10-seconds")


def test_photographs_begin_with_a_network_that_knows_some(photos, photographs):
    assert training.proposed(data.stored("photos")) == ("transfer", "fine-tune")
    assert training.draft("photos", "transfer").settings["backbone"] == backbones.FOR_PHOTOGRAPHS


def test_without_that_network_they_begin_as_all_do(photos, monkeypatch):
    monkeypatch.setattr(backbones, "own_titles", dict)

    assert training.proposed(data.stored("photos")) == ("cnn", "10-seconds")
    assert training.draft("photos", "transfer").settings["backbone"] == backbones.DEFAULT


def test_a_chosen_backbone_stays(photos):
    recipe = training.draft("photos", "transfer", None, ["settings.backbone=animals-and-vehicles"])

    assert recipe.settings["backbone"] == "animals-and-vehicles"
