"""Mixed precision: float32, or half as many bits where the device is quicker with them.

Weights, logits and the loss stay float32 in every case.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import keras

POLICIES = {"float32": "float32", "mixed-float16": "mixed_float16", "mixed-bfloat16": "mixed_bfloat16"}
BFLOAT16_SINCE = 8.0  # CUDA compute capability; older tensor cores know float16 only, which needs its loss scaled
FLOAT16_SINCE = 7.0


def policy(precision: str) -> str:
    """The Keras policy for a training setting; "auto" is float32 on a CPU and mixed on a GPU that gains by it."""
    return POLICIES.get(precision) or _suited(_capability())


def is_mixed(name: str) -> bool:
    """Whether a policy computes with fewer bits than it keeps."""
    return name != "float32"


@contextmanager
def using(name: str) -> Iterator[None]:
    """Networks that are built inside compute by this policy."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def compute_in(name: str, model: keras.Model) -> None:
    """Let a finished network, and those within it, answer by a policy; its logits stay float32."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            compute_in(name, layer)
        else:
            layer.dtype_policy = keras.DTypePolicy(name)
    end_in_float32(model)


def end_in_float32(model: keras.Model) -> None:
    """Let the last layer with weights, and what follows it, compute in float32: logits keep all their digits."""
    for layer in reversed(model.layers):
        layer.dtype_policy = keras.DTypePolicy("float32")
        if layer.weights:
            return


def _suited(capability: float) -> str:
    if capability >= BFLOAT16_SINCE:
        return "mixed_bfloat16"
    return "mixed_float16" if capability >= FLOAT16_SINCE else "float32"


def _capability() -> float:
    """CUDA compute capability of the first GPU; 0 without one."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
        details = tf.config.experimental.get_device_details(gpus[0]) if gpus else {}
        major, minor = details.get("compute_capability") or (0, 0)
        return major + minor / 10
    import jax

    return float(getattr(jax.devices()[0], "compute_capability", None) or 0)
