"""What a network takes and gives, read from its description; None where that doesn't tell."""

from typing import Any

WIDTH = ("units", "filters")
UNTOLD = {"Flatten", "Reshape", "Concatenate", "Embedding"}  # their width isn't the one of what feeds them


def input_shape(config: dict) -> tuple[int | None, ...] | None:
    """The shape of the first input without the batch axis."""
    for layer in [*_layers(config), config]:
        inner = _inner(layer)
        shape = inner.get("batch_shape") or inner.get("batch_input_shape") or inner.get("build_input_shape")
        if layer.get("class_name") in ("Functional", "Model", "Sequential") and layer is not config:
            return input_shape(layer)
        if isinstance(shape, list) and all(side is None or isinstance(side, int) for side in shape):
            return tuple(shape[1:])
    return None


def outputs(config: dict) -> int | None:
    """How many values the network gives: the width of the last layer that has one."""
    layers = _layers(config)
    by_name = {layer.get("name") or _inner(layer).get("name"): layer for layer in layers}
    name = _first_name(_inner(config).get("output_layers"))
    layer = by_name.get(name) if name else (layers[-1] if layers else None)
    for _ in range(len(layers)):
        if layer is None:
            return None
        width = _width(layer)
        if width is not None or layer.get("class_name") in UNTOLD:
            return width
        layer = _before(layer, layers, by_name)
    return None


def _width(layer: dict) -> int | None:
    if _layers(layer):
        return outputs(layer)
    return next((_inner(layer)[key] for key in WIDTH if isinstance(_inner(layer).get(key), int)), None)


def _before(layer: dict, layers: list[dict], by_name: dict) -> dict | None:
    """The layer that feeds one: by its connections, or its place in a plain row."""
    if layer.get("inbound_nodes"):
        return by_name.get(_source(layer["inbound_nodes"]))
    index = layers.index(layer)
    return layers[index - 1] if index and "inbound_nodes" not in layer else None


def _source(nodes: Any) -> str | None:
    """The name of the first layer in a list of connections."""
    waiting = [nodes]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, dict):
            if "keras_history" in part:
                return _first_name(part["keras_history"])
            waiting = [*part.values(), *waiting]
        elif isinstance(part, list):
            waiting = [*part, *waiting]
    return None


def _first_name(value: Any) -> str | None:
    while isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, str) else None


def _layers(config: dict) -> list[dict]:
    layers = _inner(config).get("layers")
    return [layer for layer in layers if isinstance(layer, dict)] if isinstance(layers, list) else []


def _inner(config: dict) -> dict:
    inner = config.get("config")
    return inner if isinstance(inner, dict) else {}
