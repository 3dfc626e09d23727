"""A loss that only looks at weights sees those of the step's beginning: every reading stands before every update."""

from collections import defaultdict
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from mlcore.backend.gradient_penalty import squared_gradient_norms
from mlcore.backend.stop_gradient import stop_gradient


def test_values_are_those_of_now():
    variable = keras.Variable(np.array([1.0, 2.0], "float32"))
    [value], first = stop_gradient([variable], keras.ops.ones(3))

    np.testing.assert_array_equal(keras.ops.convert_to_numpy(value), [1, 2])
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(first), [1, 1, 1])


def test_no_slope_goes_through_the_values():
    """d(v x)/dx at v = x is x when v only holds, and 2 x when it reaches through."""
    at = np.array([[1.0, 2.0, 3.0]], "float32").reshape(1, 1, 3, 1)

    def score(x):
        [value], _ = stop_gradient([SimpleNamespace(value=x)], x)
        return keras.ops.sum(value * x, axis=(1, 2))

    found = squared_gradient_norms(score, keras.ops.convert_to_tensor(at))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(found), [1 + 4 + 9])


def gan():
    from mlcore.generation.settings import GanSettings
    from mlcore.generation.training.gan import Gan

    plan = GanSettings(data="any", generator="tiny", network={"width": 8}, batch_size=8, noise=4, augment=True)
    pictures = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), "uint8")
    return Gan(plan, (32, 32, 3), 3), pictures, np.arange(8, dtype="int32") % 3


def inpainting():
    from mlcore.repair.network import InpaintingModel
    from mlcore.repair.settings import RepairSettings

    seen = np.random.default_rng(0).integers(0, 256, (8, 16, 16, 7), "uint8")
    return InpaintingModel(RepairSettings(width=8, batch_size=8)), seen, np.zeros(8, "int32")


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's graph")
@pytest.mark.parametrize("make", [gan, inpainting])
def test_in_the_optimised_graph_no_reading_of_a_weight_is_free_to_come_after_its_update(make):
    from tensorflow.python.eager import context

    model, *batch = make()
    model.compile(optimizer=keras.optimizers.Adam(0.001), jit_compile=False)
    context.enable_run_metadata()
    try:
        model.train_on_batch(*batch)
        graphs = context.export_run_metadata().function_graphs
    finally:
        context.disable_run_metadata()
    nodes = max((each.post_optimization_graph.node for each in graphs), key=len)

    readings, updates = by_variable(nodes, "ReadVariableOp"), by_variable(nodes, "AssignSubVariableOp")
    pairs = [(reading, update) for name in updates for reading in readings[name] for update in updates[name]]
    behind = followers(nodes)
    assert len(pairs) > 20
    assert [pair for pair in pairs if pair[1] not in behind(pair[0]) and pair[0] not in behind(pair[1])] == []


def by_variable(nodes, kind: str) -> dict[str, list[str]]:
    found = defaultdict(list)
    for node in nodes:
        if node.op == kind:
            found[node.input[0]].append(node.name)
    return found


def followers(nodes):
    """Of a node's name, the names of all that waits for it."""
    out = defaultdict(list)
    for node in nodes:
        for source in node.input:
            out[source.lstrip("^").split(":")[0]].append(node.name)

    def behind(name: str) -> set[str]:
        seen, left = set(), [name]
        while left:
            new = [each for each in out[left.pop()] if each not in seen]
            seen.update(new)
            left += new
        return seen

    return behind
