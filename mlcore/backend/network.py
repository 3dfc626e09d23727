"""A Keras network seen layer by layer: where its logits are and which feature maps it makes.

Networks inside a network (transfer backbones) are opened, so their layers count like any other.
Nothing is rebuilt or changed: the network's own layers are called one after the other.
"""

import copy
import inspect
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
from keras import ops

from mlcore.backend.cpu_kernels import gelu
from mlcore.backend.guided import guided, rectifier
from mlcore.errors import Kind, Refused, unknown
from mlcore.tensors import Tensor

SOFTMAX = ("Softmax", "LogSoftmax")  # layers and operations that leave the order of their input alone
SQUASHING = ("Sigmoid", "HardSigmoid", "LogSigmoid")
Tap = Callable[[Tensor], Tensor | None]  # sees an output, and may give another in its place


@dataclass(frozen=True)
class FeatureMap:
    """An output as deep as the input: its layer's name, '/' for each network it is in, and (h, w, C).

    In a network for clips it is (T, h, w, C), a map for each frame.

    `usable` is False before the first convolution, where it is still the picture, and for a network
    within the network, whose last layer has the same output under its own name.
    """

    name: str
    shape: tuple[int, ...]
    usable: bool


class Network:
    """A model whose logits and feature maps can be reached; raises Refused(not-compatible) where they can't."""

    def __init__(self, model: keras.Model):
        _check_form(model)
        self.model, self.shape = model, tuple(model.input_shape[1:])
        self.maps: dict[str, FeatureMap] = {}
        self.rectifiers: Counter[str] = Counter()
        self.hurried = False
        self._last = _last(model)
        _check_end(self._last)

    def in_a_hurry(self) -> "Network":
        """The same network with each GELU in one pass, which XLA compiles anew for every size of a batch."""
        network = copy.copy(self)
        network.hurried = True
        return network

    def logits(self, batch: Tensor, tap: Tap | None = None, at: str = "", guided: bool = False) -> Tensor:
        """Logits (N, K) before any softmax; `tap(output)` sees the output of the layer `at`.

        What `tap` returns, unless None, goes on in place of the output. `guided` changes what rectifiers do
        backwards (see `mlcore.backend.guided`). The first call fills `maps` and `rectifiers`.
        """
        walk = _Walk(self, tap, at, guided)
        logits = ops.cast(walk.through(self.model, batch), "float32")
        self.maps, self.rectifiers = self.maps or walk.maps, self.rectifiers or walk.rectifiers
        return logits

    def feature_layer(self, name: str | None = None) -> str:
        """The full name of a layer with a feature map; by default the last one with more than one place."""
        usable = [each.name for each in self.maps.values() if each.usable]
        if name is None:
            wide = [each for each in usable if max(self.maps[each].shape[-3:-1]) > 1]
            if not wide:
                raise Refused(
                    Kind.NOT_COMPATIBLE,
                    "This network has no convolution with a feature map, which this method needs; "
                    "choose a method that uses the gradient of the pixels.",
                )
            return wide[-1]
        matches = [each for each in self.maps if each == name or each.rpartition("/")[2] == name]
        if len(matches) != 1 and name not in matches:
            raise unknown(Kind.UNKNOWN_NAME, "layer with a feature map", name, usable)
        return name if name in matches else matches[0]


class _Walk:
    """One pass through a network."""

    def __init__(self, network: Network, tap: Tap | None, at: str, guided: bool):
        self._last, self._tap, self._at, self._guided = network._last, tap, at, guided
        self._hurried = network.hurried
        self._rank = 1 + len(network.shape)
        self._convolved = False
        self.maps: dict[str, FeatureMap] = {}
        self.rectifiers: Counter[str] = Counter()

    def through(self, model: keras.Model, tensor: Tensor, path: str = "") -> Tensor:
        if isinstance(model, keras.Sequential):
            for layer in model.layers:
                tensor = self._call(layer, path, tensor)
            return tensor
        # Keras' own walk of the graph, with our call in place of the layer's. Its public way, a new
        # keras.Model ending at an inner tensor, can't reach into a network within the network.
        return model._run_through_graph(tensor, operation_fn=lambda layer: partial(self._call, layer, path))

    def _call(self, layer: keras.Operation, path: str, *args: Any, **kwargs: Any) -> Tensor:
        name = path + layer.name
        if _opens(layer):
            output = self.through(layer, args[0], f"{name}/")
        elif layer is self._last and _is_softmax(layer):
            output = _before_softmax(layer, args[0])
        else:
            output = self._plain(layer)(*args, **_for_inference(layer, kwargs))
            self._convolved = self._convolved or any(len(each.shape) >= 4 for each in getattr(layer, "weights", ()))
        return self._noted(name, output, usable=self._convolved and not _opens(layer))

    def _plain(self, layer: keras.Operation) -> Callable[..., Tensor]:
        """The layer itself, or what follows the guided rule in its place."""
        kind = rectifier(layer)
        self.rectifiers.update([kind] if kind else [])
        if kind and self._guided:
            return guided(layer)
        return (self._hurried and gelu.in_place_of(layer)) or layer

    def _noted(self, name: str, output: Tensor, usable: bool) -> Tensor:
        is_map = len(getattr(output, "shape", ())) == self._rank
        if not is_map or name in self.maps:  # of a layer used twice, the first call
            return output
        self.maps[name] = FeatureMap(name, tuple(output.shape[1:]), usable)
        replaced = self._tap(output) if self._tap and name == self._at else None
        return output if replaced is None else replaced


def _check_form(model: keras.Model) -> None:
    whole = _opens(model) and model.built and len(model.inputs) == len(model.outputs) == 1
    if not whole or len(model.inputs[0].shape) not in (4, 5) or len(model.outputs[0].shape) != 2:
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"The network {model.name!r} can't be explained; what is needed is a built Sequential or Functional "
            "Keras model that takes pictures (N, H, W, 3) or clips (N, T, H, W, 3) and gives logits (N, classes).",
        )


def _check_end(layer: keras.Operation) -> None:
    linear = getattr(layer, "activation", None) in (None, keras.activations.linear)
    softmax = _is_softmax(layer) and _kind(layer) in (*SOFTMAX, "Activation", "Dense")
    if _kind(layer) in SQUASHING or not (linear or softmax):
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"The network ends in {layer.name!r}, behind which its logits can't be found; it must give logits "
            "(N, classes), or end in a softmax of them.",
        )


def _opens(layer: keras.Operation) -> bool:
    return isinstance(layer, keras.Sequential) or hasattr(layer, "_run_through_graph")


def _last(model: keras.Model) -> keras.Operation:
    layer = model.layers[-1] if isinstance(model, keras.Sequential) else model.operations[-1]
    return _last(layer) if _opens(layer) else layer


def _kind(layer: keras.Operation) -> str:
    return type(layer).__name__


def _is_softmax(layer: keras.Operation) -> bool:
    softmax = (keras.activations.softmax, keras.activations.log_softmax)
    return _kind(layer) in SOFTMAX or getattr(layer, "activation", None) in softmax


def _before_softmax(layer: keras.Operation, tensor: Tensor) -> Tensor:
    if _kind(layer) != "Dense":
        return tensor
    logits = ops.matmul(tensor, ops.cast(layer.kernel, tensor.dtype))
    return logits if layer.bias is None else logits + ops.cast(layer.bias, tensor.dtype)


def _for_inference(layer: keras.Operation, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Augmentation layers are active, and recorded so in the graph, unless told otherwise."""
    takes_training = "training" in inspect.signature(layer.call).parameters
    return {**kwargs, "training": False} if takes_training else kwargs
