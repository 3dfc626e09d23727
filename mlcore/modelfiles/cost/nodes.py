"""Reads how layers are connected: which outputs of which calls a call takes."""

from collections.abc import Iterator, Mapping
from typing import Any

from mlcore.modelfiles.cost.tally import Shape

Key = tuple[str, int]  # a layer's name, and which of its calls
End = tuple[str, int, int]  # and which of its outputs


def nodes(layer: dict) -> list[Any]:
    """The calls of a layer; an input has one."""
    return layer.get("inbound_nodes") or ([[]] if layer["class_name"] == "InputLayer" else [])


def ends(value: Any) -> list[End]:
    """Where a network begins or ends: [name, call, output], or a list or table of such."""
    parts = list(value.values()) if isinstance(value, dict) else value
    if _is_end(parts):
        return [(parts[0], parts[1], parts[2])]
    return [end for part in parts for end in ends(part)]


def sources(node: Any) -> Iterator[End]:
    """Where the inputs of a call come from, in their order."""
    if end := _tensor(node):
        yield end
    elif isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from sources(part)


def filled(node: Any, given: Mapping[Key, list[Shape]]) -> list[Any]:
    """The arguments of a call with the shape in each tensor's place."""
    if isinstance(node, dict):
        return [_fill(part, given) for part in [*node.get("args", []), *(node.get("kwargs") or {}).values()]]
    return [_fill(part, given) for part in node]


def _fill(part: Any, given: Mapping[Key, list[Shape]]) -> Any:
    if end := _tensor(part):
        return given[end[:2]][end[2]]
    return [_fill(each, given) for each in part] if isinstance(part, list) else part


def _tensor(part: Any) -> End | None:
    """What a part of a call stands for, as Keras 3 writes it or, [name, call, output, ...], as Keras 2 did."""
    if isinstance(part, dict) and part.get("class_name") == "__keras_tensor__":
        part = part["config"]["keras_history"]
    return (part[0], part[1], part[2]) if _is_end(part) else None


def _is_end(part: Any) -> bool:
    return (
        isinstance(part, list)
        and len(part) >= 3
        and isinstance(part[0], str)
        and all(type(one) is int for one in part[1:3])
    )
