"""Convolutions with bias and max pooling, with less work on the way back.

- The slope of a bias is a product of matrices. TensorFlow (2.21) computes it together with the slope of the kernel,
  which takes up to twice as long as the two apart.
- A rectifier in front of max pooling holds its slope back behind it, where a quarter of the values are left: the
  largest value of a window is above 0 only where the rectifier let it pass.
"""

from collections.abc import Callable

import keras

from mlcore.backend.cpu_kernels.gelu import one_pass
from mlcore.tensors import Tensor


def calls(network: keras.Model) -> dict[keras.Layer, Callable]:
    """The network's convolutions with bias and the poolings right behind a rectified one, with their calls."""
    convolutions = [each for each in network.operations if _is_plain_convolution(each)]
    pools = {each: _only_pool_behind(each, network) for each in convolutions if _rectifies(each)}
    pools = {each: pool for each, pool in pools.items() if pool}
    kernels = {each: _convolution(each, rectified_later=each in pools) for each in convolutions}
    return kernels | {pool: _rectified_pooling(pool) for pool in pools.values()}


def _is_plain(layer: keras.Operation, kind: type[keras.Layer]) -> bool:
    return type(layer) is kind and layer.data_format == "channels_last" and layer.compute_dtype == "float32"


def _is_plain_convolution(layer: keras.Operation) -> bool:
    """Not grouped ones: TensorFlow (2.21) makes one operation of ours and their rectifier that knows no groups."""
    whole = _is_plain(layer, keras.layers.Conv2D) and layer.use_bias
    return whole and layer.groups == 1 and set(layer.dilation_rate) == {1}


def _rectifies(layer: keras.Layer) -> bool:
    return layer.activation is keras.activations.relu


def _only_pool_behind(layer: keras.Layer, network: keras.Model) -> keras.Layer | None:
    """The max pooling that alone reads what the layer gives; None where somebody else does, too."""
    given = {id(tensor) for node in layer._inbound_nodes for tensor in node.output_tensors}
    nodes = [(each, node.input_tensors) for each in network.operations for node in each._inbound_nodes]
    nodes.append((network, network.outputs))
    readers = [each for each, tensors in nodes if given & {id(tensor) for tensor in tensors}]
    alone = len(readers) == 1 and _is_plain(readers[0], keras.layers.MaxPooling2D)
    return readers[0] if alone and len(readers[0]._inbound_nodes) == 1 else None


def _convolution(layer: keras.Layer, rectified_later: bool) -> Callable[[Tensor], Tensor]:
    """The layer's answer, with a way back of its own."""
    import tensorflow as tf

    how = {"strides": [1, *layer.strides, 1], "padding": layer.padding.upper()}
    rectified, activation = _rectifies(layer), one_pass(layer) or layer.activation

    @tf.custom_gradient
    def convolve(pictures: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Tensor, Callable]:
        output = tf.nn.bias_add(tf.raw_ops.Conv2D(input=pictures, filter=kernel, **how), bias)
        output = tf.nn.relu(output) if rectified else output

        def back(slope: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            if rectified and not rectified_later:
                slope = tf.raw_ops.ReluGrad(gradients=slope, features=output)
            places = tf.reshape(slope, (-1, kernel.shape[-1]))
            size = tf.shape(pictures)
            return (
                tf.raw_ops.Conv2DBackpropInput(input_sizes=size, filter=kernel, out_backprop=slope, **how),
                tf.raw_ops.Conv2DBackpropFilter(input=pictures, filter_sizes=kernel.shape, out_backprop=slope, **how),
                tf.linalg.matvec(places, tf.ones(tf.shape(places)[:1]), transpose_a=True),
            )

        return output, back

    def call(pictures: Tensor) -> Tensor:
        output = convolve(pictures, tf.convert_to_tensor(layer.kernel), tf.convert_to_tensor(layer.bias))
        return output if rectified else activation(output)

    return call


def _rectified_pooling(layer: keras.Layer) -> Callable[[Tensor], Tensor]:
    """The layer's answer; backwards it does the work of the rectifier before it, too."""
    import tensorflow as tf

    how = {"ksize": [1, *layer.pool_size, 1], "strides": [1, *layer.strides, 1], "padding": layer.padding.upper()}

    @tf.custom_gradient
    def pool(pictures: Tensor) -> tuple[Tensor, Callable]:
        largest = tf.raw_ops.MaxPool(input=pictures, **how)

        def back(slope: Tensor) -> Tensor:
            slope = tf.raw_ops.ReluGrad(gradients=slope, features=largest)
            return tf.raw_ops.MaxPoolGrad(orig_input=pictures, orig_output=largest, grad=slope, **how)

        return largest, back

    return pool
