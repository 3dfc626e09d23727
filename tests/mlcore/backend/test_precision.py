"""Mixed precision: fewer bits inside, float32 at the end, and a float32 network is what is kept."""

import numpy as np
import pytest

from mlcore import training
from mlcore.backend import precision
from mlcore.training import loop
from mlcore.training.network import network_to_train


def recipe(*assignments):
    quick = ["training.epochs=2", "training.batch_size=16", *assignments]
    return training.draft("shapes", "cnn", None, quick)


def test_auto_is_float32_on_a_processor_and_mixed_on_a_gpu_that_gains_by_it():
    assert precision.policy("auto") == "float32"
    assert [precision._suited(capability) for capability in (0, 6.1, 7.5, 8.0, 9.0)] == [
        "float32",
        "float32",
        "mixed_float16",
        "mixed_bfloat16",
        "mixed_bfloat16",
    ]


@pytest.mark.parametrize("name", ["mixed-float16", "mixed-bfloat16"])
def test_inside_are_fewer_bits_and_the_logits_are_float32(tiny_data, name):
    import keras

    model = network_to_train(recipe(f"training.precision={name}"), tiny_data)
    inside = {layer.compute_dtype for layer in model.layers if layer.weights}
    logits = model(np.zeros((1, 16, 16, 3), "uint8"))

    assert inside == {name.removeprefix("mixed-"), "float32"}
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    assert keras.config.dtype_policy().name == "float32"
    assert all(weight.dtype == "float32" for weight in model.weights)


@pytest.mark.slow
def test_stopped_and_resumed_mixed_training_is_as_never_stopped_and_leaves_float32(tiny_data, tmp_path, monkeypatch):
    """Nine steps in all; stopped after the fourth. Loss scaling is part of the checkpoint."""
    monkeypatch.setattr(loop, "MOST_STEPS_PER_EXECUTION", 1)
    chosen, asked = recipe("training.precision=mixed-float16", "training.epochs=3"), iter([False] * 3)
    straight = training.train(chosen, tmp_path / "straight")
    stopped = training.train(chosen, tmp_path / "broken", should_stop=lambda: next(asked, True))
    resumed = training.train(chosen, tmp_path / "broken")

    assert 0 < stopped.progress.step < straight.progress.step == resumed.progress.step == 9
    assert all(layer.compute_dtype == "float32" for layer in resumed.model.layers)
    for one, other in zip(straight.model.get_weights(), resumed.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
