"""Batch normalisation of maps in TensorFlow's own operation, forwards and back.

Keras (3.15) puts it together from about twenty, each of which goes through the whole map.
"""

from collections.abc import Callable
from typing import Any

import keras

from mlcore.tensors import Tensor


def calls(network: keras.Model) -> dict[keras.Layer, Callable]:
    """The network's batch normalisations, with their calls."""
    return {each: _call(each, each.call) for each in network.operations if _is_plain(each)}


def _is_plain(layer: keras.Operation) -> bool:
    plain = type(layer) is keras.layers.BatchNormalization and not (layer.renorm or layer.synchronized)
    return plain and layer.input_spec.ndim == 4 and layer.axis in (-1, 3) and layer.compute_dtype == "float32"


def _call(layer: keras.Layer, otherwise: Callable) -> Callable:
    import tensorflow as tf

    def call(inputs: Tensor, training: bool | None = None, mask: Any = None) -> Tensor:
        if not (training and layer.trainable) or mask is not None:
            return otherwise(inputs, training=training, mask=mask)
        channels, none = inputs.shape[-1], tf.zeros((0,))
        result, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=tf.convert_to_tensor(layer.gamma) if layer.scale else tf.ones((channels,)),
            offset=tf.convert_to_tensor(layer.beta) if layer.center else tf.zeros((channels,)),
            mean=none,
            variance=none,
            epsilon=layer.epsilon,
        )
        count = tf.cast(tf.size(inputs) // channels, "float32")
        _move(layer.moving_mean, mean, layer.momentum)
        # TensorFlow estimates the variance of all pictures there are, Keras keeps that of the batch
        _move(layer.moving_variance, variance * (count - 1) / count, layer.momentum)
        return result

    return call


def _move(average: keras.Variable, value: Tensor, momentum: float) -> None:
    average.assign(average * momentum + value * (1 - momentum))
