"""Layers that learn quicker on a CPU under TensorFlow: the same answers and slopes, with less work.

What each kind of layer saves stands in its module, what it gains in docs/decisions/0018.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from mlcore.backend import device
from mlcore.backend.cpu_kernels import batch_norm, convolutions, gelu


@contextmanager
def quick(model, shared: bool = False):
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


def _calls(model) -> dict:
    """The layers to be called otherwise, with their calls."""
    found = {}
    for network in _networks(model):
        for kind in (convolutions, batch_norm, gelu):
            found |= kind.calls(network)
    return found


def _networks(model) -> Iterator:
    """The network and those within it."""
    yield model
    for each in model.operations:
        if hasattr(each, "operations"):
            yield from _networks(each)
