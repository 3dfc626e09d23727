"""The outline says of a network what it is, however it was made."""

import json

import keras
import pytest

from mlcore import architectures
from mlcore.architectures import grouping, outline
from mlcore.architectures.grouping import Block
from mlcore.architectures.templates import TEMPLATES
from mlcore.errors import Refused

SHAPE = (16, 16, 3)


def of(name, settings=None):
    return outline.draft(name, settings or {}, SHAPE, 5)


@pytest.mark.parametrize("name", ["mlp", "cnn", "fast-cnn", "resnet9"])
def test_an_outline_holds_every_layer_with_shape_weights_and_connections(name):
    model = architectures.build(name, {}, SHAPE, 5)
    nodes = outline.of(model)["nodes"]

    assert [tuple(node["shape"]) for node in nodes] == [layer.output.shape[1:] for layer in model.layers]
    assert grouping.total({"nodes": nodes}) == model.count_params()
    assert all(max(node["inputs"], default=-1) < place for place, node in enumerate(nodes))
    assert json.loads(json.dumps(nodes)) == nodes


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_outline_of_rows_in_closed_form_is_that_of_the_built_network(name):
    settings = {"layers": TEMPLATES[name]}
    built = outline.of(architectures.build("layers", settings, SHAPE, 5))["nodes"]
    reckoned = of("layers", settings)["nodes"]

    for field in ("shape", "parameters", "inputs", "kind"):
        assert [node[field] for node in reckoned] == [node[field] for node in built]
    plain = [(a["words"], b["words"]) for a, b in zip(reckoned, built, strict=True) if a["kind"] != "join"]
    assert [ours for ours, _ in plain] == [keras_words for _, keras_words in plain]


def test_a_resnet_is_drawn_as_its_blocks():
    parts = grouping.group(of("resnet", {"blocks": 2}))
    blocks = [part for part in parts if isinstance(part, Block)]

    assert [block.repeat for block in blocks] == [2, 1, 1, 1, 1]
    assert blocks[0].edges == {(-1, 0), (0, 1), (1, 2), (-1, 2)}
    assert [box.kind for box in blocks[0].boxes] == ["convolution", "convolution", "join"]
    assert [part.shape for part in parts if not isinstance(part, Block)] == [(16, 16, 3), (16, 16, 16), (64,), (5,)]


def test_what_is_drawn_holds_all_weights():
    for name, settings in {"densenet": {"layers": 2}, "convnext": {}, "vgg": {}}.items():
        found = of(name, settings)
        assert sum(part.parameters for part in grouping.group(found)) == grouping.total(found)


def test_shortcuts_that_overlap_are_one_block():
    rows = [{"type": "convolution"}] * 3 + [{"type": "add", "row": 1}, {"type": "add", "row": 2}, {"type": "flatten"}]
    block = next(part for part in grouping.group(of("layers", {"layers": rows})) if isinstance(part, Block))

    assert block.edges == {(-1, 0), (0, 1), (1, 2), (2, 3), (-1, 2), (0, 3)}


def test_equal_neighbours_are_counted_not_repeated():
    rows = [{"type": "convolution"}, *[{"type": "convolution"}] * 3, {"type": "flatten"}]
    parts = grouping.group(of("layers", {"layers": rows}))

    assert [part.repeat for part in parts] == [1, 4, 1, 1]
    assert parts[1].parameters == 28 * 32 + 3 * (9 * 32 + 1) * 32


def test_a_network_within_a_network_is_one_box():
    inner = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3), keras.layers.ReLU()], name="backbone")
    model = keras.Sequential([keras.Input((8, 8, 3)), inner, keras.layers.Flatten(), keras.layers.Dense(2)])
    nodes = outline.of(model)["nodes"]

    assert [node["kind"] for node in nodes] == ["picture", "network", "other", "dense"]
    assert nodes[1]["words"] == "backbone, 2 layers"
    assert grouping.total({"nodes": nodes}) == model.count_params()


def test_what_cant_be_built_cant_be_outlined():
    with pytest.raises(Refused, match="at least"):
        outline.draft("resnet", {}, (4, 4, 3), 5)
    with pytest.raises(Refused, match="end with a flatten"):
        of("layers", {"layers": [{"type": "convolution"}]})


def test_an_outline_is_kept_with_its_model(tmp_path):
    model = architectures.build("mlp", {}, SHAPE, 5)
    outline.save(tmp_path, model)

    assert outline.saved(tmp_path) == outline.of(model)
    assert outline.saved(tmp_path / "nowhere") is None


@pytest.mark.slow
def test_without_keras_the_network_is_built_in_another_process():
    import subprocess
    import sys

    program = """
import json, sys
from mlcore.architectures import outline
from mlcore.errors import Refused
found = outline.draft("cnn", {}, (16, 16, 3), 5)
try:
    outline.draft("cnn", {}, (4, 4, 3), 5)
except Refused as refusal:
    said = refusal.message
print(json.dumps([found, said, "keras" in sys.modules]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    found, said, loaded = json.loads(done.stdout.splitlines()[-1])

    assert found == of("cnn")
    assert "at least 8 x 8" in said
    assert not loaded
