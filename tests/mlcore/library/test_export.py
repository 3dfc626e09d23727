"""The small copy gives the network's own answers, or it isn't kept."""

import keras
import numpy as np
import pytest

from mlcore import architectures
from mlcore.backend.compiled import compiled
from mlcore.library import export
from mlcore.library.litert import CHUNK, Runner

# One block says of a conversion what all of them say, in a fifth of the time.
SHALLOW = {"convnext": {"blocks": 1}, "densenet": {"layers": 1}, "resnet": {"blocks": 1}}
SHALLOW |= {"efficientnet-lite": {"depth": 0.25, "width": 0.25}}

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the export needs TensorFlow")


def pictures(count, side=16):
    return np.random.default_rng(1).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


@pytest.fixture
def network():
    return architectures.build("fast-cnn", {}, (16, 16, 3), 4)


@pytest.mark.parametrize("name", [entry.name for entry in architectures.shelf.all() if "sequence" not in entry.traits])
def test_the_small_copy_answers_as_the_network_does_for_any_number_of_pictures(name, tmp_path):
    network = architectures.build(name, SHALLOW.get(name, {}), (16, 16, 3), 4)
    copy = export.write_small_copy(network, tmp_path, pictures(8))
    runner, call = Runner(tmp_path / "model.tflite"), compiled(network)

    assert copy.usable
    assert copy.difference <= export.TOLERANCE
    if "pooled-head" in architectures.shelf.get(name).traits:
        assert export.pooled_head(network).shape[1] == 4
    for count in (1, 3, CHUNK, CHUNK + 1):
        np.testing.assert_allclose(runner.logits(pictures(count)), call(pictures(count)), atol=1e-4)


def test_a_copy_that_answers_otherwise_is_not_kept(network, tmp_path, monkeypatch):
    other = architectures.build("mlp", {}, (16, 16, 3), 4, seed=9)
    monkeypatch.setattr(export, "_converted", lambda model: REAL(other))

    copy = export.write_small_copy(network, tmp_path, pictures(8))

    assert not copy.usable
    assert not (tmp_path / "model.tflite").exists()


REAL = export._converted


def test_features_times_head_pooled_are_the_logits(tmp_path):
    """With average pooling and one linear layer the class map's mean is the logit."""
    settings = {"pooling": "average", "fine_map": True}
    network = architectures.build("fast-cnn", settings, (32, 32, 3), 4)
    export.write_small_copy(network, tmp_path, pictures(2, 32))

    features = Runner(tmp_path / "model.tflite").features(pictures(2, 32))
    maps = features @ np.load(tmp_path / "head.npy")

    np.testing.assert_allclose(maps.mean(axis=(1, 2)), compiled(network)(pictures(2, 32)), atol=1e-4)


def test_only_a_pooled_linear_head_counts_as_one():
    build = architectures.build

    assert export.pooled_head(build("fast-cnn", {}, (32, 32, 3), 4)).shape == (128, 4)
    assert export.pooled_head(build("cnn", {}, (32, 32, 3), 4)) is None
    assert export.pooled_head(build("mlp", {}, (32, 32, 3), 4)) is None


def test_a_network_without_filters_has_no_feature_map(tmp_path):
    export.write_small_copy(architectures.build("mlp", {}, (16, 16, 3), 4), tmp_path, pictures(2))

    assert Runner(tmp_path / "model.tflite").features(pictures(2)) is None


@pytest.mark.parametrize("name", ["fast-cnn", "mlp"])
def test_the_quick_conversion_answers_as_that_of_keras_to_the_last_bit(name, tmp_path):
    network = architectures.build(name, {}, (16, 16, 3), 4)
    (tmp_path / "quick.tflite").write_bytes(export.litert(network))
    network.export(tmp_path / "keras.tflite", format="litert", verbose=False)

    ours, theirs = (Runner(tmp_path / f"{each}.tflite").logits(pictures(5)) for each in ("quick", "keras"))

    np.testing.assert_array_equal(ours, theirs)
