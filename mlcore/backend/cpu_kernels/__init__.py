"""Kernels with which layers learn quicker on a CPU under TensorFlow: the same answers and slopes, with less work.

What each kind of layer saves stands in its module, what it gains in docs/decisions/0018.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import keras

from mlcore.backend import device
from mlcore.backend.cpu_kernels import batch_norm, convolutions, gelu


@contextmanager
def use_cpu_kernels(model: keras.Model, shared: bool = False) -> Iterator[None]:
    """What is compiled for a Functional network in here learns quicker; elsewhere and later nothing is different.

    For Keras' own layers in float32, channels last; not where several devices share the network.
    """
    changed = _calls(model) if device.is_tensorflow_on_cpu() and not shared else {}
    for layer, call in changed.items():
        layer.call = call
    try:
        yield
    finally:
        for layer in changed:
            del layer.call  # the method of its class shows again


def _calls(model: keras.Model) -> dict[keras.Layer, Callable]:
    """The layers to be called otherwise, with their calls."""
    calls: dict[keras.Layer, Callable] = {}
    for network in _networks(model):
        for kind in (convolutions, batch_norm, gelu):
            calls |= kind.calls(network)
    return calls


def _networks(model: keras.Model) -> Iterator[keras.Model]:
    """The network and those within it."""
    yield model
    for each in model.operations:
        if hasattr(each, "operations"):
            yield from _networks(each)
