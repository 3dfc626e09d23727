"""Follows the shape of a picture through a network's layers, as the description connects them."""

from collections import defaultdict
from typing import Any

from mlcore.errors import Refused
from mlcore.modelfiles.config import too_large
from mlcore.modelfiles.cost import convolutions, operations, recurrent  # noqa: F401 - their rules
from mlcore.modelfiles.cost.nodes import Key, ends, filled, nodes, sources
from mlcore.modelfiles.cost.rules import RULES, Call
from mlcore.modelfiles.cost.tally import MAX_CALLS, Asked, Cost, Shape, closed, misfit, together

NETWORKS = {"Functional", "Model", "Sequential"}
MAX_ASKS = 20 * MAX_CALLS  # a layer is asked twice where its shapes are written beside it, and so is all that is in it


def cost(description: dict) -> Cost:
    """What a network asks for by its description, which `config.check` has passed; raises Refused.

    Of the kinds model-too-large and corrupt-model.
    """
    try:
        stated = _stated(description)
        if not stated:
            raise misfit("its description doesn't tell the shape of its pictures")
        total = Cost(together(closed(stated[0])), stated)
        total.outputs = _Walk(total, _Asks()).network(description, [closed(shape) for shape in stated])
        if not total.outputs:
            raise misfit("its description doesn't tell what it gives")
    except Refused:
        raise
    except Exception as error:  # a stranger's description may hold anything anywhere
        raise misfit("its description can't be followed") from error
    return total


class _Asks:
    """How often layers are asked in all; raises Refused when it is too much: within each other they double."""

    def __init__(self) -> None:
        self._count = 0

    def add(self, count: int = 1) -> None:
        self._count += count
        if self._count > MAX_ASKS:
            raise too_large("its layers lie within each other in too many ways")


class _Walk:
    """One way through a network and the networks in it; weights of a layer are counted at its first call."""

    def __init__(self, total: Cost, asks: _Asks) -> None:
        self._total, self._asks, self._counted = total, asks, set[int]()

    def network(self, described: dict, inputs: list[Shape]) -> list[Shape]:
        """The shapes that a network gives for those that it takes, which have to be those that it is built for."""
        self._total.enter()
        stated = _stated(described)
        if stated and not (len(stated) == len(inputs) and all(map(_fits, stated, inputs))):
            raise misfit(f"the network {_name(described)!r} in it is built for another input than it gets")
        if described["class_name"] != "Sequential":
            return self._graph(described["config"], inputs)
        self._asks.add(len(described["config"]["layers"]))
        for layer in described["config"]["layers"]:
            inputs = self._layer(layer, inputs, [*inputs])
        return inputs

    def _graph(self, config: dict, inputs: list[Shape]) -> list[Shape]:
        """Call each layer once all that it waits for has answered."""
        layers = {_name(layer): layer for layer in config["layers"]}
        calls = {(name, at): node for name, layer in layers.items() for at, node in enumerate(nodes(layer))}
        if len(calls) > MAX_CALLS:
            raise too_large(f"its layers are called more than {MAX_CALLS:,} times")
        self._asks.add(len(calls))
        begins = zip(ends(config["input_layers"]), inputs, strict=True)
        given: dict[Key, list[Shape]] = {end[:2]: [x] for end, x in begins}
        missing = {key: {source[:2] for source in sources(node)} for key, node in calls.items()}
        followers = defaultdict[Key, list[Key]](list)
        for key, waits in missing.items():
            for source in waits:
                followers[source].append(key)
        ready = [key for key, waits in missing.items() if not waits]
        while ready:
            key = ready.pop()
            given[key] = self._call(layers[key[0]], key, calls[key], given)
            for follower in followers.pop(key, []):
                missing[follower].discard(key)
                ready += [] if missing[follower] else [follower]
        return [given[name, at][place] for name, at, place in ends(config["output_layers"])]

    def _call(self, layer: dict, key: Key, node: Any, given: dict[Key, list[Shape]]) -> list[Shape]:
        if layer["class_name"] == "InputLayer":
            return given.get(key) or _stated(layer)
        inputs = [given[name, at][place] for name, at, place in sources(node)]
        return self._layer(layer, inputs, filled(node, given))

    def _layer(self, layer: dict, inputs: list[Shape], arguments: list[Any]) -> list[Shape]:
        if layer["class_name"] in NETWORKS:
            return self.network(layer, inputs)
        if layer["class_name"] == "InputLayer":
            return inputs
        asked = self._asked(layer, inputs, arguments)
        self._total.take(_name(layer), inputs, asked)
        if id(layer) not in self._counted:
            self._counted.add(id(layer))
            self._total.keep(asked.weights)
        return list(asked.outputs)

    def _asked(self, layer: dict, inputs: list[Shape], arguments: list[Any]) -> Asked:
        """What a layer asks for; raises Refused where it is built for another input than it gets.

        Keras builds a layer by the shapes that are written beside it, before it is called.
        """
        asked = self._by_rule(layer, inputs, arguments)
        for shapes in _built_for(layer):
            if len(shapes) == len(inputs) and self._by_rule(layer, shapes, [*shapes]).weights == asked.weights:
                continue
            raise misfit(f"its layer {_name(layer)!r} is built for another input than it gets")
        return asked

    def _by_rule(self, layer: dict, inputs: list[Shape], arguments: list[Any]) -> Asked:
        self._asks.add()
        is_operation = ".ops" in (layer.get("module") or "")
        try:
            rule = RULES["operation" if is_operation else "layer", layer["class_name"]]
            return rule(Call(layer["class_name"], layer["config"], inputs, arguments, self._inside))
        except Refused:
            raise
        except Exception as error:  # what a rule stumbles over, Keras would, too
            raise misfit(f"its layer {_name(layer)!r} doesn't fit what it gets") from error

    def _inside(self, layer: dict, inputs: list[Shape]) -> Asked:
        """What a layer or a network inside another layer asks for."""
        if layer["class_name"] not in NETWORKS:
            return self._asked(layer, inputs, [*inputs])
        total = Cost()
        outputs = _Walk(total, self._asks).network(layer, inputs)
        return Asked(tuple(outputs), tuple(total.weights), total.numbers, total.work, total.calls)


def _built_for(layer: dict) -> list[list[Shape]]:
    """The shapes that are written beside a layer, none or one list of them."""
    built = layer.get("build_config")
    if not isinstance(built, dict):
        return []
    if built.get("input_shape") is not None:
        return [_shapes(built["input_shape"])]
    shapes = built.get("shapes_dict")
    return [_shapes([shape for shape in shapes.values() if shape is not None])] if shapes else []


def _shapes(value: Any) -> list[Shape]:
    """The shapes in lists within lists, as a row: states at the start are a list beside the input."""
    return [shape for part in value for shape in _shapes(part)] if _is_several(value) else [_shape(value)]


def _is_several(shape: Any) -> bool:
    return isinstance(shape, list) and any(isinstance(part, list) for part in shape)


def _stated(layer: dict) -> list[Shape]:
    """The shapes that a network, or an input, takes by its own words; none where it doesn't say."""
    config = layer.get("config") or {}
    if layer["class_name"] in ("Functional", "Model"):
        inner = {_name(each): each for each in config["layers"] if each["class_name"] == "InputLayer"}
        return [shape for name, _, _ in ends(config["input_layers"]) for shape in _stated(inner[name])]
    if layer["class_name"] == "Sequential":
        first = config["layers"][0]
        shapes = _stated(first) if first["class_name"] in {"InputLayer", *NETWORKS} else []
        stated = [config.get("build_input_shape"), (layer.get("build_config") or {}).get("input_shape")]
        written = [[_shape(shape)] for shape in (*stated, first["config"].get("batch_input_shape")) if shape]
        every = [*([shapes] if shapes else []), *written]
        if any(len(one) != len(every[0]) or not all(map(_fits, every[0], one)) for one in every):
            raise misfit(f"the network {_name(layer)!r} contradicts itself")
        return every[0] if every else []
    shape = config.get("batch_shape") or config.get("batch_input_shape")
    return [_shape(shape)] if shape else []


def _fits(stated: Shape, given: Shape) -> bool:
    """Whether an input of one shape can be given where another is stated: an open side takes any."""
    pairs = zip(stated, given, strict=False)
    return len(stated) == len(given) and all(None in pair or pair[0] == pair[1] for pair in pairs)


def _shape(value: Any) -> Shape:
    if not isinstance(value, list) or not all(side is None or (type(side) is int and side >= 0) for side in value):
        raise misfit("a shape in it can't be read")
    return tuple(value)


def _name(layer: dict) -> str:
    return str(layer.get("name") or layer["config"].get("name") or layer["class_name"])[:60]
