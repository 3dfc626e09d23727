"""Take a backbone apart for transfer learning: cut it, change its picture size, freeze its layers.

The layers are cloned into one flat graph, so that everything that reads a network (small copy, heat
maps, layer tables) sees them as it sees those of any other.
"""

from collections.abc import Iterable
from typing import Any

from mlcore.tensors import KerasLayer, KerasModel, Tensor


def last_map(model: KerasModel) -> KerasLayer | None:
    """The layer that makes the last feature map (N, h, w, C) with more than one place; None without filters."""
    layers = [layer for layer in model.layers if len(getattr(layer.output, "shape", ())) == 4]
    filtered = next((at for at, layer in enumerate(layers) if _has_filters(layer)), None)
    return None if filtered is None else layers[-1]


def cut(model: KerasModel, layer: KerasLayer) -> KerasModel:
    """The network up to a layer (keras.Model), which shares its weights."""
    import keras

    return keras.Model(model.inputs[0], layer.output, name=model.name)


def convolutions(model: KerasModel) -> list[str]:
    """The names of the layers with filters, in order of computation."""
    return [layer.name for layer in model.layers if _has_filters(layer)]


def grafted(model: KerasModel, shape: tuple[int, ...], front: Iterable[KerasLayer] = ()) -> KerasModel:
    """A copy of the network, weights and all, for pictures of another shape, behind the layers of `front`.

    Raises ValueError where the network can't take that shape.
    """
    import keras

    inputs = keras.Input(shape)
    fronted = inputs
    for layer in front:
        fronted = layer(fronted)

    def call(layer: KerasLayer, *args: Any, **kwargs: Any) -> Tensor:
        return layer(*(fronted if each is inputs else each for each in args), **kwargs)

    source = keras.Model(model.inputs[0], model.outputs[0], name=model.name)  # a Sequential can't be called anew
    copy = keras.models.clone_model(source, input_tensors=inputs, call_function=call)
    _copy_weights(source, copy)
    return copy


def freeze(layer: KerasLayer) -> None:
    """Keep a layer as it is in training too: no weight moves, no statistic drifts, nothing is dropped out.

    `training=False` in the graph isn't enough: Keras overrides it when the whole network is trained.
    """
    layer.trainable = False
    if hasattr(layer, "rate"):
        layer.rate = 0.0
    for inner in getattr(layer, "layers", ()):
        freeze(inner)


def resized(given: tuple[int, int], wanted: tuple[int, int], number: int = 0) -> list[KerasLayer]:
    """Layers that bring pictures from one (height, width) to another; none where nothing is to do.

    Whole factors are averaged away first: bilinear resizing alone skips pixels, and its antialiasing
    can't be exported. `number` keeps their names apart from those of a backbone that resizes, too.
    """
    from keras import layers

    factor = max(1, min(given[0] // wanted[0], given[1] // wanted[1]))
    left = (given[0] // factor, given[1] // factor)
    shrink = [layers.AveragePooling2D(factor, name=f"shrink_{number}")] if factor > 1 else []
    return shrink + ([layers.Resizing(*wanted, name=f"resize_{number}")] if left != tuple(wanted) else [])


def _copy_weights(source: KerasModel, copy: KerasModel) -> None:
    for layer in source.layers:
        if layer.weights:
            copy.get_layer(layer.name).set_weights(layer.get_weights())


def _has_filters(layer: KerasLayer) -> bool:
    return any(len(weight.shape) == 4 for weight in layer.weights)
