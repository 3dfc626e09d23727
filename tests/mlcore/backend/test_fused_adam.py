"""Adam in one pass takes the steps of Keras' own."""

import keras
import numpy as np
import pytest

from mlcore.backend.fused_adam import fused_adam

START = np.random.default_rng(0).normal(size=(7, 5)).astype("float32")


def walked(optimizer, gradients):
    weight = keras.Variable(START)
    optimizer.build([weight])
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weight])
    return weight.numpy(), [each.numpy() for each in optimizer.variables]


def test_the_first_step_has_the_size_of_the_rate():
    gradient = np.where(START > 0, 2.0, -0.5).astype("float32")
    found, _ = walked(fused_adam(keras.optimizers.Adam)(0.1), [gradient])

    np.testing.assert_allclose(found, START - 0.1 * np.sign(gradient), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (keras.optimizers.Adam, {}),
        (keras.optimizers.Adam, {"weight_decay": 0.1, "beta_1": 0.5, "epsilon": 1e-4}),
        (keras.optimizers.AdamW, {"weight_decay": 0.1}),
    ],
)
def test_many_steps_lead_where_keras_leads(kind, settings):
    """float32 in another order: 30 steps of up to 0.05 move the weights by about 1, the difference stays below 1e-5."""
    gradients = np.random.default_rng(2).normal(size=(30, *START.shape)).astype("float32")
    schedule = keras.optimizers.schedules.CosineDecay(0.05, 30)
    ours, kept = walked(fused_adam(kind)(schedule, **settings), gradients)
    theirs, expected = walked(kind(schedule, **settings), gradients)

    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    for one, other in zip(kept, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_its_settings_are_those_of_the_class_it_stands_for():
    kind = keras.optimizers.AdamW
    given = {"learning_rate": 0.1, "weight_decay": 0.2, "name": "walker"}

    assert fused_adam(kind)(**given).get_config() == kind(**given).get_config()
