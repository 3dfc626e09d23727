"""Stop gradient: what variables hold at the beginning of a step, for a loss that may look but not reach through."""

from collections.abc import Iterable

import keras
from keras import ops

from mlcore.tensors import Tensor


def stop_gradient(variables: Iterable[keras.Variable], first: Tensor) -> tuple[list[Tensor], Tensor]:
    """The values of variables, through which no slope goes, and the tensor `first`, computed after they were read.

    TensorFlow (2.21) loses the order between such a reading and a later update of the variable while it optimises the
    graph; on a busy machine the loss then sees the updated values now and then. What all updates come from has to
    wait for the reading: give the pictures as `first`.
    """
    values = [ops.stop_gradient(each.value) for each in variables]
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        with tf.control_dependencies(values):
            first = tf.identity(first)
    return values, first
