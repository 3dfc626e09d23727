"""Features are those of the network that is built on them, computed once and kept."""

import errno

import numpy as np
import pytest

from mlcore import architectures, backbones
from mlcore.teach import features

BACKBONE = backbones.open(backbones.DEFAULT)


@pytest.mark.parametrize("size", [(32, 32), (48, 40), (16, 16)])
def test_they_are_what_the_transfer_network_computes(size):
    """At the backbone's own size, at a larger one, and enlarged to it."""
    import keras

    batch = np.random.default_rng(0).integers(0, 256, (3, *size, 3), np.uint8)
    network = architectures.build("transfer", {}, (*size, 3), 2)
    expected = keras.Model(network.inputs[0], network.get_layer("features").output)(batch.astype("float32"))

    found = features.Features(BACKBONE, (*size, 3))(batch)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_a_split_is_looked_at_once(tiny_data, monkeypatch):
    split = tiny_data.split("train")
    first = features.of_split(split, BACKBONE)
    monkeypatch.setattr(features, "opened", None)  # looking again would fail

    np.testing.assert_array_equal(features.of_split(split, BACKBONE), first)
    np.testing.assert_array_equal(features.of_pictures(split, np.array([4, 2]), BACKBONE), first[[4, 2]])


def test_damaged_features_are_computed_again(tiny_data, home):
    split = tiny_data.split("val")
    first = features.of_split(split, BACKBONE)
    (path,) = (home / "cache" / "features").glob("*.npy")
    content = bytearray(path.read_bytes())
    content[-1] ^= 255
    path.write_bytes(content)

    np.testing.assert_array_equal(features.of_split(split, BACKBONE), first)


def test_a_full_disk_keeps_no_features_and_loses_none(tiny_data, home, monkeypatch):
    split = tiny_data.split("val")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(features.durable, "write_bytes", full)

    assert len(features.of_split(split, BACKBONE)) == len(split)
    assert not list((home / "cache" / "features").glob("*.npy"))


def test_the_oldest_go_when_there_are_too_many(tiny_data, home, monkeypatch):
    monkeypatch.setattr(features, "MOST_BYTES", 1)
    for name in ("val", "test"):
        features.of_split(tiny_data.split(name), BACKBONE)

    assert [path.name.split("-")[1] for path in (home / "cache" / "features").glob("*.npy")] == ["test"]
