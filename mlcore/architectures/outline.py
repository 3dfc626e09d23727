"""A network's outline, its computation graph: layers with shapes, weights and connections, as plain data to draw.

    {"nodes": [{"words": "Convolution 3 x 3, 16 filters", "kind": "convolution", "shape": [32, 32, 16],
                "parameters": 432, "inputs": [0]}, ...]}

`inputs` are indices of the list, always earlier ones. Looking at an outline needs no Keras; making one of an own stack
of rows doesn't either. For the other architectures the network is built, in a process of its own where Keras isn't
loaded yet.
"""

import json
import sys
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, model_validator

from mlcore import durable, reader
from mlcore.errors import Refused
from mlcore.machine import child
from mlcore.tensors import KerasLayer, KerasModel

FILE = "outline.json"
PATIENCE_SECONDS = 120  # loading TensorFlow on a busy machine


class Node(BaseModel):
    """A layer in an outline."""

    words: str
    kind: str
    shape: list[int | None]
    parameters: int
    inputs: list[int]


class Outline(BaseModel):
    """What `outline.json` says; every layer's inputs are earlier ones."""

    nodes: list[Node]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if any(not 0 <= each < at for at, node in enumerate(self.nodes) for each in node.inputs):
            raise ValueError("a layer can take only what earlier ones give")
        return self


def draft(architecture: str, settings: dict, shape: tuple[int, ...], classes: int) -> dict:
    """The outline of a network that isn't built yet; raises Refused as building it would."""
    from mlcore import architectures

    if architecture == "layers":
        from mlcore.architectures.own_layers import outline

        return outline(settings, shape, classes)
    if "keras" in sys.modules:
        return of(architectures.build(architecture, settings, shape, classes))
    asked = {"architecture": architecture, "settings": settings, "shape": shape, "classes": classes}
    return _in_another_process(asked)


def saved(folder: Path) -> dict | None:
    """The outline kept with a model; None for a model without one."""
    try:
        return reader.record(folder / FILE, Outline).model_dump()
    except Refused:
        return None


def save(folder: Path, model: KerasModel) -> None:
    """Keep a network's outline with its model."""
    durable.write_json(folder / FILE, of(model))


def of(model: KerasModel) -> dict:
    """The outline of a Keras network; a network inside it is one layer."""
    graph = model._functional if hasattr(model, "_functional") else model  # a Sequential keeps its graph there
    operations = graph.operations
    indices = {id(operation): index for index, operation in enumerate(operations)}
    return {"nodes": [_node(operation, indices) for operation in operations]}


def _node(operation: KerasLayer, indices: dict[int, int]) -> dict:
    from mlcore.architectures.words import kind, words

    call = next(node for node in operation._inbound_nodes if _is_inside(node, indices))
    sources = {indices[id(tensor._keras_history.operation)] for tensor in call.input_tensors}
    return {
        "words": words(operation),
        "kind": kind(operation),
        "shape": list(call.output_tensors[0].shape[1:]),
        "parameters": int(operation.count_params()) if hasattr(operation, "count_params") else 0,
        "inputs": sorted(sources),
    }


def _is_inside(node: Any, indices: dict[int, int]) -> bool:
    """Whether a call of a layer belongs to this network; a layer may be used in several."""
    return all(id(tensor._keras_history.operation) in indices for tensor in node.input_tensors)


def _in_another_process(asked: dict) -> dict:
    return child.ask("mlcore.architectures.outline", asked, PATIENCE_SECONDS, "The network couldn't be outlined")


def _main() -> None:
    """Read what is asked as JSON from the standard input and write the outline as one line of JSON."""
    import keras  # noqa: F401 - so that the network is built here

    asked = json.load(sys.stdin)
    try:
        answer = draft(asked["architecture"], asked["settings"], tuple(asked["shape"]), asked["classes"])
    except Refused as refusal:
        answer = {"kind": str(refusal.kind), "refused": refusal.message}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    _main()
