"""Loss of GAN inversion: how far a generator's pictures are from a wanted one, and its slope by the latent vector."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from mlcore.tensors import Tensor

Loss = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def inversion_loss(model: keras.Model) -> Loss:
    """A function (vectors (N, V), wanted (H, W, 3), weights (H, W)) that gives errors (N,) and their slopes (N, V).

    The model maps vectors to levels 0..255, float (N, H, W, 3). An error is the mean squared difference of levels
    0..1, each place counting by its weight; its slope is by the vector of its own picture. All are float32. Compiled
    once, and never with XLA on a CPU, for the reason in `mlcore.backend.compiled`.
    """
    make = {"tensorflow": _tensorflow, "jax": _jax}[keras.backend.backend()]
    return make(model)


def _errors(pictures: Tensor, wanted: Tensor, weights: Tensor) -> Tensor:
    difference = ops.square((ops.cast(pictures, "float32") - wanted) / 255) * weights[..., None]
    return ops.sum(difference, axis=(1, 2, 3)) / (wanted.shape[-1] * ops.sum(weights))


def _tensorflow(model: keras.Model) -> Loss:
    import tensorflow as tf

    def call(vectors: Tensor, wanted: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(vectors)
            errors = _errors(model(vectors, training=False), wanted, weights)
        return errors, tape.gradient(errors, vectors, unconnected_gradients="zero")

    shapes = [(None, *model.input_shape[1:]), model.output_shape[1:], model.output_shape[1:3]]
    signature = [tf.TensorSpec(shape, tf.float32) for shape in shapes]
    concrete = tf.function(call, signature, autograph=False, jit_compile=False).get_concrete_function()

    def both(*given: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        errors, slopes = concrete(*(tf.constant(each, tf.float32) for each in given))
        return errors.numpy(), slopes.numpy()

    return both


def _jax(model: keras.Model) -> Loss:
    import jax

    weights_now = ([each.value for each in kind] for kind in (model.trainable_variables, model.non_trainable_variables))
    trainable, other = weights_now

    def total(vectors: Tensor, wanted: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        errors = _errors(model.stateless_call(trainable, other, vectors, training=False)[0], wanted, weights)
        return ops.sum(errors), errors

    call = jax.jit(jax.grad(total, has_aux=True))

    def both(*given: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        slopes, errors = call(*(np.asarray(each, "float32") for each in given))
        return np.asarray(errors), np.asarray(slopes)

    return both
