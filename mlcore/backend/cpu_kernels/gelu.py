"""GELU (Hendrycks and Gimpel 2016, arXiv:1606.08415), exact, in one pass forwards and one back.

TensorFlow takes about five and ten. Compiled by XLA, which is slow with convolutions on a CPU and is kept from them.
"""

from collections.abc import Callable
from functools import lru_cache
from math import pi, sqrt

import keras

from mlcore.tensors import Tensor


def calls(network: keras.Model) -> dict[keras.Layer, Callable]:
    """The layers that are nothing but a GELU, with their calls."""
    return {each: call for each in network.operations if (call := in_place_of(each))}


def in_place_of(layer: keras.Operation) -> Callable[[Tensor], Tensor] | None:
    """What answers in place of a layer that is nothing but a GELU; None for another."""
    plain = type(layer) is keras.layers.Activation and layer.compute_dtype == "float32"
    return one_pass(layer) if plain else None


def one_pass(layer: keras.Layer) -> Callable[[Tensor], Tensor] | None:
    """What does the work of the layer's activation in one pass; None where it isn't a GELU, or without XLA."""
    return _gelu() if layer.activation is keras.activations.gelu else None


@lru_cache
def _gelu() -> Callable[[Tensor], Tensor] | None:
    import tensorflow as tf

    def share(x: Tensor) -> Tensor:
        return 0.5 * (1 + tf.math.erf(x * sqrt(0.5)))

    forwards = tf.function(lambda x: x * share(x), jit_compile=True)
    backwards = tf.function(
        lambda x, slope: slope * (share(x) + x * tf.exp(-0.5 * x * x) / sqrt(2 * pi)), jit_compile=True
    )

    @tf.custom_gradient
    def gelu(x: Tensor) -> tuple[Tensor, Callable]:
        return forwards(x), lambda slope: backwards(x, slope)

    try:
        forwards(tf.zeros((1,)))
    except tf.errors.OpError:  # a TensorFlow without XLA
        return None
    return gelu
