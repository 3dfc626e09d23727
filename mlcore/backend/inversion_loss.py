"""How far a generator's pictures are from one that is wanted, and how each number of its input changes that."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops


def matching(model) -> Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """A function (vectors (N, V), wanted (H, W, 3), weights (H, W)) that gives errors (N,) and their slopes (N, V).

    The model maps vectors to levels 0..255, float (N, H, W, 3). An error is the mean squared difference of levels
    0..1, each place counting by its weight; its slope is by the vector of its own picture. All are float32. Compiled
    once, and never with XLA on a CPU, for the reason in `mlcore.backend.compiled`.
    """
    make = {"tensorflow": _tensorflow, "jax": _jax}[keras.backend.backend()]
    return make(model)


def _errors(made, wanted, weights):
    difference = ops.square((ops.cast(made, "float32") - wanted) / 255) * weights[..., None]
    return ops.sum(difference, axis=(1, 2, 3)) / (wanted.shape[-1] * ops.sum(weights))


def _tensorflow(model):
    import tensorflow as tf

    def call(vectors, wanted, weights):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(vectors)
            errors = _errors(model(vectors, training=False), wanted, weights)
        return errors, tape.gradient(errors, vectors, unconnected_gradients="zero")

    shapes = [(None, *model.input_shape[1:]), model.output_shape[1:], model.output_shape[1:3]]
    signature = [tf.TensorSpec(shape, tf.float32) for shape in shapes]
    concrete = tf.function(call, signature, autograph=False, jit_compile=False).get_concrete_function()
    return lambda *given: tuple(each.numpy() for each in concrete(*(tf.constant(one, tf.float32) for one in given)))


def _jax(model):
    import jax

    weights_now = ([each.value for each in kind] for kind in (model.trainable_variables, model.non_trainable_variables))
    trainable, other = weights_now

    def total(vectors, wanted, weights):
        errors = _errors(model.stateless_call(trainable, other, vectors, training=False)[0], wanted, weights)
        return ops.sum(errors), errors

    call = jax.jit(jax.grad(total, has_aux=True))

    def both(*given):
        slopes, errors = call(*(np.asarray(each, "float32") for each in given))
        return np.asarray(errors), np.asarray(slopes)

    return both
