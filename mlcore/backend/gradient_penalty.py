"""Gradient penalty: gradients inside a loss, or how steep a score is at the pictures it is given."""

from collections.abc import Callable

import keras
from keras import ops

from mlcore.tensors import Tensor


def squared_gradient_norms(score: Callable[[Tensor], Tensor], pictures: Tensor) -> Tensor:
    """The squared length of each picture's gradient: (N,); can itself be differentiated.

    `score` maps pictures (N, H, W, C) to scores (N, 1), each of its own picture.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(pictures)
            total = ops.sum(score(pictures))
        slopes = tape.gradient(total, pictures)
    else:
        import jax

        slopes = jax.grad(lambda batch: ops.sum(score(batch)))(pictures)
    return ops.sum(ops.square(slopes), axis=(1, 2, 3))
