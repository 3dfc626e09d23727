"""PyTorch's weights in a Keras network compute what they computed in PyTorch."""

import json
import subprocess
import sys

import numpy as np
import pytest

from mlcore import pretrained
from mlcore.errors import Kind, Refused


def network():
    import keras
    from keras import layers

    inputs = keras.Input((5, 6, 3))
    x = layers.Conv2D(4, 3, padding="valid", use_bias=False)(inputs)
    x = layers.BatchNormalization(epsilon=1e-3)(x)
    x = layers.Activation("relu6")(x)
    x = layers.DepthwiseConv2D((3, 2), padding="valid", use_bias=False)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(2)(x))


def tensors():
    """Weights as PyTorch names and lays them out: filters first."""
    rng = np.random.default_rng(0)
    shapes = {"conv.weight": (4, 3, 3, 3), "bn.weight": 4, "bn.bias": 4, "bn.running_mean": 4, "bn.running_var": 4}
    shapes |= {"bn.num_batches_tracked": (), "depthwise.weight": (4, 1, 3, 2), "fc.weight": (2, 4), "fc.bias": 2}
    return {name: rng.uniform(0.1, 1, shape).astype("float32") for name, shape in shapes.items()}


def correlated(maps, kernel):
    """Maps (C, H, W) under filters (out, C, h, w), a sum for each place: a convolution as PyTorch defines it."""
    windows = np.lib.stride_tricks.sliding_window_view(maps, kernel.shape[2:], axis=(1, 2))
    return np.einsum("chwij,ocij->ohw", windows, kernel)


def by_definition(t, pictures):
    for picture in pictures:
        x = correlated(picture.transpose(2, 0, 1), t["conv.weight"])
        slope = (t["bn.weight"] / np.sqrt(t["bn.running_var"] + 1e-3))[:, None, None]
        x = np.clip((x - t["bn.running_mean"][:, None, None]) * slope + t["bn.bias"][:, None, None], 0, 6)
        x = np.concatenate([correlated(x[[c]], t["depthwise.weight"][[c]]) for c in range(4)])
        yield t["fc.weight"] @ x.mean((1, 2)) + t["fc.bias"]


def test_a_filled_network_computes_what_pytorch_defines():
    model, pictures = network(), np.random.default_rng(1).normal(size=(3, 5, 6, 3)).astype("float32")
    pretrained.fill(model, tensors())

    expected = np.stack(list(by_definition(tensors(), pictures)))
    np.testing.assert_allclose(model(pictures, training=False), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("damage", ["fc.bias", "conv.weight", "more", "shape"])
def test_weights_of_another_network_are_refused(damage):
    given = tensors()
    if damage == "more":
        given["more.weight"] = np.zeros(3, "float32")
    elif damage == "shape":
        given["bn.weight"] = np.zeros(5, "float32")
    else:
        del given[damage]

    with pytest.raises(Refused) as refused:
        pretrained.fill(network(), given)
    assert refused.value.kind == Kind.CORRUPT_MODEL


def test_a_refusal_crosses_the_border_between_processes(tmp_path):
    (tmp_path / "weights.json").write_text(
        json.dumps({"package": "p", "version": "1", "file": "f", "sha256": "0" * 64, "license": "MIT"})
    )
    (tmp_path / "card.json").write_text(
        json.dumps(
            {"id": "x", "title": "X", "data": "d", "architecture": "mlp", "classes": ["a", "b"], "shape": [4, 4, 3]}
        )
    )
    (tmp_path / "f").write_bytes(b"not the weights")
    task = json.dumps({"folder": str(tmp_path), "weights": str(tmp_path / "f")})
    done = subprocess.run(
        [sys.executable, "-m", "mlcore.pretrained"], input=task, capture_output=True, text=True, check=True
    )

    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["kind"] == "corrupt-model"
    assert "install it again: python -m pip install --force-reinstall p==1" in answer["refused"]
