"""Small copies of a network that run without Keras; each is checked against it or not used."""

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from mlcore import durable
from mlcore.library.classifier import softmax
from mlcore.library.litert import Runner

TOLERANCE = 1e-4  # largest difference in any probability
HEAD_LAYERS = ("Dense", "Dropout", "Rescaling", "Activation")


@dataclass(frozen=True)
class SmallCopy:
    """What became of the LiteRT copy: usable or why not, and its largest difference in probability."""

    usable: bool
    difference: float | None
    message: str


def write_small_copy(model: keras.Model, folder: Path, pictures: np.ndarray) -> SmallCopy:
    """Write `model.tflite` (logits and last feature map) and compare its answers on pictures uint8 (N, H, W, 3).

    A copy that differs by more than 1e-4 in a probability is not kept. Needs the TensorFlow backend.
    """
    if keras.backend.backend() != "tensorflow":
        return SmallCopy(False, None, "The small copy is made on the TensorFlow backend only.")
    path = folder / "model.tflite"
    try:
        durable.write_bytes(path, _converted(model))
        difference = _difference(model, Runner(path), pictures)
    except Exception:  # the converter and LiteRT have exceptions of their own for what they lack, such as loops
        path.unlink(missing_ok=True)
        return SmallCopy(False, None, "LiteRT can't run this network; Keras answers instead.")
    if not difference <= TOLERANCE:  # a difference that is not a number is one too
        path.unlink()
        return SmallCopy(False, difference, f"The small copy differs by {difference:.1g}; Keras answers instead.")
    head = pooled_head(model)
    if head is not None:
        _write_array(folder / "head.npy", head)
    return SmallCopy(True, difference, f"The small copy gives the same answers (difference {difference:.1g}).")


def pooled_head(model: keras.Model) -> np.ndarray | None:
    """Weights (C, K) from pooled features to logits; None unless pooling and one linear layer end the network."""
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    pools = [
        at
        for at, layer in enumerate(layers)
        if type(layer).__name__ in ("GlobalAveragePooling2D", "GlobalMaxPooling2D")
    ]
    after = layers[pools[-1] + 1 :] if pools else []
    dense = [layer for layer in after if type(layer).__name__ == "Dense"]
    linear = len(dense) == 1 and all(_is_linear(layer) for layer in after)
    if not linear:
        return None
    scale = np.prod([layer.scale for layer in after if type(layer).__name__ == "Rescaling"])
    return (np.asarray(dense[0].kernel) * scale).astype("float32")


def _is_linear(layer) -> bool:
    activation = getattr(layer, "activation", None)
    return type(layer).__name__ in HEAD_LAYERS and (activation is None or activation is keras.activations.linear)


def _converted(model: keras.Model) -> bytes:
    feature = _last_map(model)
    outputs = [model.output] if feature is None else [model.output, feature]
    return litert(keras.Model(model.input, outputs))


def litert(network: keras.Model) -> bytes:
    """The network as a LiteRT file. Needs the TensorFlow backend."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "model.tflite"
        network.export(path, format="litert", verbose=False)
        return path.read_bytes()


def _last_map(model: keras.Model):
    """The last output with height and width that some filter made; None for a network without filters."""
    filters = [at for at, layer in enumerate(model.layers) if "Conv" in type(layer).__name__]
    maps = [layer.output for layer in model.layers[filters[0] :] if len(layer.output.shape) == 4] if filters else []
    return maps[-1] if maps else None


def _difference(model, runner: Runner, pictures: np.ndarray) -> float:
    from mlcore.backend.compiled import compiled

    return float(np.abs(softmax(runner.logits(pictures)) - softmax(compiled(model)(pictures))).max())


def _write_array(path: Path, values: np.ndarray) -> None:
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    durable.write_bytes(path, buffer.getvalue())
