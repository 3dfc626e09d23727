"""The maps of a layer as scores with gradients."""

import numpy as np
import pytest

from mlcore.backend.channels import channels_of
from mlcore.backend.gradients import score_of
from mlcore.errors import Kind, Refused


@pytest.fixture(scope="module")
def model():
    import keras
    from keras import layers

    inner = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(4, 3, activation="tanh", name="inside")], name="backbone"
    )
    model = keras.Sequential([keras.Input((8, 8, 3)), layers.Rescaling(1 / 255), inner, layers.Flatten()])
    model.add(layers.Dense(3))
    return model


def batch():
    return np.random.default_rng(0).uniform(0, 255, (2, 8, 8, 3)).astype("float32")


def test_the_score_of_a_map_is_its_mean(model):
    maps = score_of(model).features(batch(), "inside")

    found = channels_of(model, "inside", 2).values(batch(), 2)

    np.testing.assert_allclose(found, maps[..., 2].mean(axis=(1, 2)), rtol=1e-5)


def test_its_gradient_is_that_of_small_differences(model):
    score = channels_of(model, "inside", 1)
    direction = np.random.default_rng(1).normal(size=(8, 8, 3)).astype("float32")

    slope = (score.gradient(batch(), 1)[0] * direction).sum()
    ahead, behind = score.values(np.stack([batch()[0] + 2 * direction, batch()[0] - 2 * direction]), 1)

    assert slope == pytest.approx((ahead - behind) / 4, rel=2e-2)


def test_a_map_that_is_not_there_is_refused(model):
    with pytest.raises(Refused, match="numbered 0 to 3") as refusal:
        channels_of(model, "inside", 4)

    assert refusal.value.kind == Kind.UNKNOWN_NAME
    with pytest.raises(Refused):
        channels_of(model, "outside", 0)
