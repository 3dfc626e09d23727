"""Export of a network to LiteRT: small copies that run without Keras; each is checked against it or not used."""

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import keras
import numpy as np

from mlcore import durable
from mlcore.library import trial
from mlcore.library.classifier import softmax
from mlcore.library.last_map import last_map
from mlcore.library.litert import Runner, SmallCopy
from mlcore.numerals import decimal
from mlcore.tensors import KerasLayer

TOLERANCE = 1e-4  # largest difference in any probability
HALF_A_LEVEL = 0.5  # largest difference in a pixel, of 255: none after rounding, but for a tie
HEAD_LAYERS = ("Dense", "Dropout", "Rescaling", "Activation")


def write_small_copy(model: keras.Model, folder: Path, pictures: np.ndarray) -> SmallCopy:
    """Write `model.tflite` (logits and last feature map) and compare its answers on pictures uint8 (N, H, W, 3).

    A copy that differs by more than 1e-4 in a probability is not kept. Needs the TensorFlow backend.
    """
    same = f"gives the same answers: no probability differs by more than {decimal(100 * TOLERANCE)} %"
    copy = _checked(folder, lambda: _converted(model), partial(_difference, model, pictures), TOLERANCE, same)
    head = pooled_head(model) if copy.usable else None
    if head is not None:
        _write_array(folder / "head.npy", head)
    return copy


def write_picture_copy(
    network: keras.Model, folder: Path, given: np.ndarray, same: str, fixed: keras.Model | None = None
) -> SmallCopy:
    """Write `model.tflite` of a network that makes pictures, and compare what both make of a batch.

    `same` is what the copy does, in words, such as "makes the same pictures". A network of an open size is converted
    in a `fixed` form of the batch's size, since its convolutions would need a larger interpreter. A copy that differs
    by more than half a level of 255 is not kept.
    """
    same = f"{same}: no level of 255 differs by more than a half"
    difference_of = partial(_picture_difference, network, given)
    return _checked(folder, lambda: litert(fixed or network), difference_of, HALF_A_LEVEL, same)


def _checked(
    folder: Path, convert: Callable[[], bytes], difference_of: Callable[[Runner], float], tolerance: float, same: str
) -> SmallCopy:
    """Write the copy and compare it with its network; kept only where they differ by no more than the tolerance."""
    if keras.backend.backend() != "tensorflow":
        return SmallCopy(False, None, "The small copy is made on the TensorFlow backend only.")
    path = folder / "model.tflite"
    try:
        durable.write_bytes(path, convert())
        difference = difference_of(Runner(path))
    except Exception:  # the converter and LiteRT have exceptions of their own for what they lack, such as loops
        path.unlink(missing_ok=True)
        return SmallCopy(False, None, "LiteRT can't run this network; Keras answers instead.")
    if not difference <= tolerance:  # a difference that is not a number is one too
        path.unlink()
        differs = f"The small copy differs by {decimal(difference, 1)}; Keras answers instead."
        return SmallCopy(False, difference, differs)
    trial.keep(path)
    return SmallCopy(True, difference, f"The small copy {same}.")


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


def _is_linear(layer: KerasLayer) -> bool:
    activation = getattr(layer, "activation", None)
    return type(layer).__name__ in HEAD_LAYERS and (activation is None or activation is keras.activations.linear)


def _converted(model: keras.Model) -> bytes:
    feature = last_map(model)
    outputs = [model.output] if feature is None else [model.output, feature]
    return litert(keras.Model(model.input, outputs))


def litert(network: keras.Model) -> bytes:
    """The network as a LiteRT file. Needs the TensorFlow backend.

    The weights go into the graph as constants, as in the file; Keras' own export writes them to disk in between as a
    SavedModel, which gives the same answers to the last bit in 4 to 10 times the time.
    """
    import tensorflow as tf

    call = tf.function(lambda batch: network(batch, training=False), autograph=False)
    concrete = call.get_concrete_function(tf.TensorSpec(network.inputs[0].shape, network.inputs[0].dtype))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], network)
    converter.experimental_lower_to_saved_model = False
    return bytes(converter.convert())


def _difference(model: keras.Model, pictures: np.ndarray, runner: Runner) -> float:
    from mlcore.backend.compiled import compiled

    return float(np.abs(softmax(runner.logits(pictures)) - softmax(compiled(model)(pictures))).max())


def _picture_difference(network: keras.Model, given: np.ndarray, runner: Runner) -> float:
    return float(np.abs(runner.maps(given) - np.asarray(network(given, training=False))).max())


def _write_array(path: Path, values: np.ndarray) -> None:
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    durable.write_bytes(path, buffer.getvalue())
