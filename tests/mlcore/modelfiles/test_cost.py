"""What a network asks for is worked out from its description as Keras works it out by building it."""

import json
import zipfile
from collections import Counter
from math import prod

import keras
import numpy as np
import pytest
from keras import layers as L
from keras import ops

import mlcore.custom_layers as own
from mlcore import architectures, intake, modelfiles
from mlcore.errors import Kind, Refused
from mlcore.modelfiles import allowed
from mlcore.modelfiles.cost import cost
from mlcore.modelfiles.cost.rules import RULES
from mlcore.modelfiles.scan import read
from tests.odd_models import keras_file, layer, network, weights

ROW, MAP, FRAMES, VOLUME = (6, 4), (9, 8, 4), (3, 9, 8, 4), (5, 6, 7, 2)


def one(make, *shapes):
    """A network of one layer or function."""
    inputs = [keras.Input(shape) for shape in shapes]
    return keras.Model(inputs, make(*inputs))


def merge(name, **how):
    return lambda *inputs: getattr(L, name)(**how)(list(inputs))


CASES = {
    "Dense": [(L.Dense(5), ROW), (L.Dense(3, use_bias=False), (7,))],
    "EinsumDense": [
        (L.EinsumDense("abc,cd->abd", output_shape=(6, 5), bias_axes="d"), ROW),
        (L.EinsumDense("...x,xy->...y", output_shape=5, bias_axes="y"), MAP),
        (L.EinsumDense("abc,cde->abde", output_shape=(6, 2, 3), bias_axes="de"), ROW),
        (L.EinsumDense("ab...,bc->ac...", output_shape=(3,)), ROW),
    ],
    "Embedding": [(L.Embedding(20, 3), (6,))],
    "BatchNormalization": [(L.BatchNormalization(), MAP), (L.BatchNormalization(axis=1, center=False), MAP)],
    "LayerNormalization": [(L.LayerNormalization(), MAP), (L.LayerNormalization(axis=(1, 2, 3), scale=False), MAP)],
    "GroupNormalization": [(L.GroupNormalization(2), MAP)],
    "RMSNormalization": [(L.RMSNormalization(), ROW)],
    "Normalization": [(L.Normalization(), MAP), (L.Normalization(axis=None), MAP), (L.Normalization(axis=(1, 3)), MAP)],
    "PReLU": [(L.PReLU(), MAP), (L.PReLU(shared_axes=[1, 2]), MAP)],
    "SpectralNormalization": [(L.SpectralNormalization(L.Conv2D(3, 3)), MAP)],
    "Flatten": [(L.Flatten(), MAP)],
    "Reshape": [(L.Reshape((-1, 4)), MAP), (L.Reshape((4, 72)), MAP)],
    "Permute": [(L.Permute((3, 1, 2)), MAP)],
    "RepeatVector": [(L.RepeatVector(3), (7,))],
    "Conv1D": [(L.Conv1D(5, 3, padding="causal", dilation_rate=2), ROW)],
    "Conv2D": [
        (L.Conv2D(6, 3, strides=2, padding="same", groups=2), MAP),
        (L.Conv2D(6, (2, 3), dilation_rate=2, use_bias=False), MAP),
    ],
    "Conv3D": [(L.Conv3D(3, 2), VOLUME)],
    "Conv1DTranspose": [(L.Conv1DTranspose(5, 3, strides=2), ROW)],
    "Conv2DTranspose": [
        (L.Conv2DTranspose(5, 3, strides=2, padding="same"), MAP),
        (L.Conv2DTranspose(5, 4, strides=3, output_padding=1), MAP),
        (L.Conv2DTranspose(5, 3, strides=2, padding="same", output_padding=1), MAP),
    ],
    "Conv3DTranspose": [(L.Conv3DTranspose(3, 2, strides=2), VOLUME)],
    "DepthwiseConv1D": [(L.DepthwiseConv1D(3, depth_multiplier=2), ROW)],
    "DepthwiseConv2D": [(L.DepthwiseConv2D(3, strides=2, padding="same"), MAP)],
    "SeparableConv1D": [(L.SeparableConv1D(5, 3), ROW)],
    "SeparableConv2D": [(L.SeparableConv2D(5, 3, depth_multiplier=2), MAP)],
    "ConvLSTM1D": [(L.ConvLSTM1D(3, 2), FRAMES[1:])],
    "ConvLSTM2D": [(L.ConvLSTM2D(3, 2, return_sequences=True, padding="same"), FRAMES)],
    "ConvLSTM3D": [(L.ConvLSTM3D(2, 2), (2, *VOLUME))],
    "SimpleRNN": [(L.SimpleRNN(5), ROW)],
    "GRU": [(L.GRU(5, return_sequences=True), ROW), (L.GRU(5, reset_after=False), ROW)],
    "LSTM": [(L.LSTM(5, return_state=True), ROW), (L.LSTM(5, use_bias=False, unroll=True), ROW)],
    "RNN": [(L.RNN(L.GRUCell(3)), ROW), (L.RNN([L.LSTMCell(3), L.SimpleRNNCell(2)], return_state=True), ROW)],
    "Bidirectional": [
        (L.Bidirectional(L.LSTM(3)), ROW),
        (L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode="sum"), ROW),
        (L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode=None), ROW),
    ],
    "TimeDistributed": [(L.TimeDistributed(L.Conv2D(3, 3)), FRAMES)],
    "EachFrame": [
        (own.EachFrame(L.Conv2D(3, 3)), FRAMES),
        (own.EachFrame(keras.Sequential([keras.Input(MAP), L.Conv2D(3, 3), L.Flatten(), L.Dense(2)])), FRAMES),
    ],
    "AveragePooling1D": [(L.AveragePooling1D(2), ROW)],
    "AveragePooling2D": [(L.AveragePooling2D(3, strides=2, padding="same"), MAP)],
    "AveragePooling3D": [(L.AveragePooling3D(2), VOLUME)],
    "MaxPooling1D": [(L.MaxPooling1D(3, 1), ROW)],
    "MaxPooling2D": [(L.MaxPooling2D((2, 3)), MAP)],
    "MaxPooling3D": [(L.MaxPooling3D(), VOLUME)],
    **{f"Adaptive{kind}Pooling1D": [(getattr(L, f"Adaptive{kind}Pooling1D")(3), ROW)] for kind in ("Average", "Max")},
    **{f"Adaptive{kind}Pooling2D": [(getattr(L, f"Adaptive{kind}Pooling2D")(3), MAP)] for kind in ("Average", "Max")},
    **{
        f"Adaptive{kind}Pooling3D": [(getattr(L, f"Adaptive{kind}Pooling3D")(3), VOLUME)] for kind in ("Average", "Max")
    },
    **{f"Global{kind}Pooling1D": [(getattr(L, f"Global{kind}Pooling1D")(), ROW)] for kind in ("Average", "Max")},
    **{
        f"Global{kind}Pooling2D": [(getattr(L, f"Global{kind}Pooling2D")(keepdims=True), MAP)]
        for kind in ("Average", "Max")
    },
    **{f"Global{kind}Pooling3D": [(getattr(L, f"Global{kind}Pooling3D")(), VOLUME)] for kind in ("Average", "Max")},
    "UpSampling1D": [(L.UpSampling1D(3), ROW)],
    "UpSampling2D": [(L.UpSampling2D((2, 3)), MAP)],
    "UpSampling3D": [(L.UpSampling3D(), VOLUME)],
    "ZeroPadding1D": [(L.ZeroPadding1D((1, 2)), ROW)],
    "ZeroPadding2D": [(L.ZeroPadding2D(((1, 2), (0, 3))), MAP), (L.ZeroPadding2D((1, 2)), MAP)],
    "ZeroPadding3D": [(L.ZeroPadding3D(2), VOLUME)],
    "Cropping1D": [(L.Cropping1D((1, 2)), ROW)],
    "Cropping2D": [(L.Cropping2D(((1, 2), (0, 3))), MAP)],
    "Cropping3D": [(L.Cropping3D(1), VOLUME)],
    "CenterCrop": [(L.CenterCrop(3, 4), MAP)],
    "RandomCrop": [(L.RandomCrop(3, 4), MAP)],
    "Resizing": [(L.Resizing(13, 5), MAP)],
    "Whitening": [(own.Whitening(), (32, 32, 3))],
    "BothViews": [(lambda x: own.StrongerView()(own.BothViews()(x)), MAP)],
    "Attention": [(merge("Attention", use_scale=True), ROW, ROW), (merge("Attention"), ROW, (3, 4))],
    "AdditiveAttention": [(merge("AdditiveAttention"), ROW, ROW)],
    "MultiHeadAttention": [
        (lambda a, b: L.MultiHeadAttention(2, 3, value_dim=5)(a, b), ROW, (3, 7)),
        (lambda a: L.MultiHeadAttention(2, 3, output_shape=9, use_bias=False)(a, a), ROW),
        (lambda a: L.MultiHeadAttention(2, 3, use_gate=True)(query=a, value=a, key=a), ROW),
    ],
    "GroupQueryAttention": [(lambda a: L.GroupQueryAttention(3, 4, 2)(a, a), ROW)],
    **{name: [(merge(name), MAP, (1, 1, 4))] for name in ("Add", "Average", "Maximum", "Minimum", "Multiply")},
    "Subtract": [(merge("Subtract"), MAP, MAP)],
    "Concatenate": [(merge("Concatenate"), MAP, MAP), (merge("Concatenate", axis=1), MAP, (2, 8, 4))],
    "Dot": [
        (merge("Dot", axes=-1), ROW, ROW),
        (merge("Dot", axes=(2, 1)), ROW, (4, 3)),
        (merge("Dot", axes=1), (5,), (5,)),
    ],
}
OPERATIONS = {
    "arithmetic": (lambda x: ops.relu(x * 2.0 + ops.mean(x, axis=[1, 2], keepdims=True)) / 3 - x, MAP),
    "shapes": (lambda x: ops.squeeze(ops.expand_dims(ops.swapaxes(ops.transpose(x, (0, 3, 1, 2)), 1, 2), 1), 1), MAP),
    "items": (lambda x: x[:, ::2, ..., 1:3][:, 1], MAP),
    "pieces": (lambda x: ops.stack(ops.split(ops.concatenate([x, x], axis=-1), 2, axis=1), axis=1), (8, 8, 4)),
    "padding": (lambda x: ops.pad(x, [[0, 0], [1, 2], [0, 0], [0, 0]]), MAP),
    "products": (lambda x: ops.matmul(x, ops.einsum("btc,btd->bcd", x, x)), ROW),
    "reshape": (lambda x: ops.reshape(x, (-1, 9, 32)), MAP),
    "moments": (lambda x: ops.moments(x, axes=[1, 2])[1], MAP),
    "pools": (lambda x: ops.max_pool(ops.average_pool(x, 2, 1, "same"), 3, 2), MAP),
    "everything in one": (lambda x: ops.sum(x, axis=(1, 2, 3)), MAP),
}
LAYERS = [
    pytest.param(make, shapes, id=f"{name}-{at}")
    for name, all in CASES.items()
    for at, (make, *shapes) in enumerate(all)
]
FUNCTIONS = [pytest.param(make, shapes, id=name) for name, (make, *shapes) in OPERATIONS.items()]


def described(model) -> dict:
    return json.loads(model.to_json())


def assert_as_keras(model):
    """Weights and, by an answer layer behind it, what it gives are those of the network that Keras built."""
    asked = cost(described(model))
    built = [tuple(weight.shape) for weight in model.weights if "seed_generator" not in weight.path]

    assert Counter(asked.weights) == Counter(built)
    for output in model.outputs:
        width = prod(output.shape[1:])
        flat = keras.Model(model.inputs, L.Dense(3)(L.Reshape((width,))(output)))
        assert (width, 3) in cost(described(flat)).weights


@pytest.mark.parametrize(("make", "shapes"), LAYERS)
def test_a_layer_asks_for_what_keras_takes(make, shapes):
    assert_as_keras(one(make, *shapes))


@pytest.mark.parametrize(("make", "shapes"), FUNCTIONS)
def test_an_operation_gives_what_keras_gives(make, shapes):
    assert_as_keras(one(make, *shapes))


def test_every_layer_that_may_be_loaded_has_a_rule():
    names = {*allowed.LAYERS, *allowed.OWN.values()} - {"InputLayer"}

    assert names - {name for kind, name in RULES if kind == "layer"} == set()
    assert allowed.OPERATIONS - {name for kind, name in RULES if kind == "operation"} == set()


@pytest.mark.parametrize(
    "entry", [one for one in architectures.shelf.all() if one.name != "transfer"], ids=lambda one: one.name
)
def test_every_architecture_asks_for_what_keras_takes(entry):
    shape = (4, 32, 32, 3) if "sequence" in entry.traits else (32, 32, 3)

    model = architectures.build(entry.name, {}, shape, 5)

    built = [tuple(weight.shape) for weight in model.weights if "seed_generator" not in weight.path]
    assert Counter(cost(described(model)).weights) == Counter(built)


def test_figures_of_a_small_network_by_hand():
    asked = cost(network(layer("Dense", name="a", units=5)))

    assert asked.weights == [(192, 5), (5,), (5, 3), (3,)]
    assert asked.tensors == 4 * (192 + 5 + 3)
    assert asked.work == 192 * 5 + 5 * 3
    assert asked.together == 128


def dense(name, units, **more):
    return layer("Dense", name=name, units=units, use_bias=False) | more


def reshape(*shape):
    return layer("Reshape", name="r", target_shape=list(shape))


def row(count, class_name, **how):
    return [layer(class_name, name=f"{class_name}{at}", **how) for at in range(count)]


def doubled(depth):
    """Networks within each other, each of which calls the one inside twice: 2 to the power of `depth` calls."""
    start = layer("InputLayer", name="in", batch_shape=[None, 4])
    inner = layer("Sequential", "keras", name="s", layers=[start])
    for level in range(depth):
        calls = [
            {"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}]}
            for name in ("in", "twice")
        ]
        layers = [start | {"inbound_nodes": []}, inner | {"name": "twice", "inbound_nodes": calls}]
        ends = {"input_layers": ["in", 0, 0], "output_layers": ["twice", 1, 0]}
        inner = layer("Functional", "keras", name=f"f{level}", layers=layers, **ends)
    return inner


def wrapped(class_name, depth, **how):
    """Layers around each other with the shapes of their input written beside each: two ways through each of them."""
    inner = layer("Dense", name="d", units=4)
    for level in range(depth):
        inner = layer(class_name, name=f"w{level}", layer=inner, **how) | {
            "build_config": {"input_shape": [None, 48, 4]}
        }
    return network(reshape(48, 4), inner)


def split(parts):
    """A network that splits a row of 8."""
    source = {"class_name": "__keras_tensor__", "config": {"keras_history": ["in", 0, 0]}}
    how = {"indices_or_sections": parts, "axis": 1}
    layers = [
        layer("InputLayer", name="in", batch_shape=[None, 8]) | {"inbound_nodes": []},
        layer("Split", "keras.src.ops.numpy", name="s", **how) | {"inbound_nodes": [{"args": [source]}]},
    ]
    ends = {"input_layers": ["in", 0, 0], "output_layers": ["s", 0, 0]}
    return layer("Functional", "keras", name="f", layers=layers, **ends)


def hidden(depth):
    """Networks whose two inputs are one network each time: 2 to the power of `depth` shapes."""
    inner = layer("InputLayer", name="i", batch_shape=[None, 4])
    for level in range(depth):
        inner = inner | {"name": "i", "inbound_nodes": []}
        ends = {"input_layers": [["i", 0, 0], ["i", 0, 0]], "output_layers": ["i", 0, 0]}
        inner = layer("Functional", "keras", name=f"f{level}", layers=[inner], **ends)
    return inner


GREEDY = {
    "two layers of 65,536": (network(dense("a", 65_536), dense("b", 65_536)), r"17\.2 GB of weights"),
    "many layers of 2,000": (network(*(dense(f"d{at}", 2000) for at in range(200))), "GB of weights"),
    "wide maps": (
        network(reshape(8, 8, 3), layer("UpSampling2D", name="u", size=1000)),
        "'u' would take .* GB for 128",
    ),
    "a repeated row": (network(layer("RepeatVector", name="z", n=60_000)), "'z' would take"),
    "1,900 layers": (network(*row(1900, "ReLU")), "more than 1,500 layers"),
    "many loops": (network(reshape(48, 4), *row(200, "GRU", units=4, return_sequences=True)), "called more than"),
    "loops written out": (
        network(reshape(192, 1), *row(9, "LSTM", units=4, unroll=True, return_sequences=True)),
        "called more",
    ),
    "steps written out": (
        network(reshape(192, 1, 1), *row(9, "TimeDistributed", layer=layer("ReLU", name="i"))),
        "called more",
    ),
    "networks in networks": (doubled(30), "called more than"),
    "layers around each other": (wrapped("SpectralNormalization", 35), "within each other"),
    "rows read both ways": (wrapped("Bidirectional", 35, merge_mode="sum"), "within each other"),
    "a split into millions": (split(16_000_000), "into 16,000,000 parts"),
    "multiplications": (
        network(
            reshape(8, 8, 3),
            layer("UpSampling2D", name="u", size=8),
            *row(10, "Conv2D", filters=200, kernel_size=17, padding="same"),
            layer("GlobalMaxPooling2D", name="g"),
        ),
        "billion multiplications",
    ),
}


@pytest.mark.parametrize("name", GREEDY)
def test_what_asks_for_too_much_is_refused_by_its_description(name):
    described, words = GREEDY[name]
    with pytest.raises(Refused, match=words) as refusal:
        read(described)

    assert refusal.value.kind == Kind.MODEL_TOO_LARGE


LYING = {
    "built for another input": network(dense("a", 5, build_config={"input_shape": [None, 9_000_000]})),
    "built for two inputs": network(dense("a", 5, build_config={"shapes_dict": {"a": [None, 192], "b": [None, 9]}})),
    "a cell built for another input": network(
        reshape(48, 4),
        layer(
            "RNN", name="n", cell=layer("GRUCell", name="c", units=3) | {"build_config": {"input_shape": [None, 9999]}}
        ),
    ),
    "a network built for another input": network(
        layer(
            "Sequential",
            "keras",
            name="s",
            layers=[layer("InputLayer", name="i", batch_shape=[None, 9999]), dense("d", 2)],
        )
    ),
    "a network that contradicts itself": network() | {"build_config": {"input_shape": [None, 999, 8, 3]}},
    "a reshape that doesn't fit": network(reshape(7, 7)),
    "a window that doesn't fit": network(reshape(8, 24), layer("Conv1D", name="c", filters=2, kernel_size=9)),
    "a layer that lacks its settings": network(layer("Dense", name="a")),
    "a network in an input's place": hidden(30),
    "a split that leaves a rest": split(3),
    "a split into nothing": split(0),
    "a negative width": network(layer("Dense", name="a", units=-5)),
    "a width in words": network(layer("Dense", name="a", units="5")),
    "a network that gives nothing": layer(
        "Functional",
        "keras",
        name="f",
        layers=[layer("InputLayer", name="in", batch_shape=[None, 4]) | {"inbound_nodes": []}],
        input_layers=["in", 0, 0],
        output_layers=[],
    ),
    "no shape of pictures": layer("Sequential", "keras", name="s", layers=[dense("d", 2)]),
}


@pytest.mark.parametrize("name", LYING)
def test_what_contradicts_itself_is_refused_by_its_description(name):
    with pytest.raises(Refused) as refusal:
        read(LYING[name])

    assert refusal.value.kind == Kind.CORRUPT_MODEL


def test_names_may_be_anything_here():
    """Fuzzing did this; it raised a TypeError before."""
    assert read(network(layer("Dense", name=["a"], units=5), layer("Softmax", name={"b": 1}))).outputs == 3


@pytest.mark.parametrize("both_ways", [False, True])
def test_states_at_the_start_are_written_beside_a_layer_as_a_list(both_ways, tmp_path):
    row, states = keras.Input((6, 4)), [keras.Input((8,)) for _ in range(4 if both_ways else 2)]
    recurrent = L.Bidirectional(L.LSTM(8)) if both_ways else L.LSTM(8)
    model = keras.Model([row, *states], recurrent(row, initial_state=states))
    model.save(tmp_path / "model.keras")

    loaded = keras.saving.load_model(tmp_path / "model.keras")

    written = json.loads(zipfile.ZipFile(tmp_path / "model.keras").read("config.json"))
    assert "initial_state_shape" in json.dumps(written)
    assert Counter(cost(written).weights) == Counter(tuple(weight.shape) for weight in loaded.weights)


@pytest.mark.parametrize("shape", [(193, 3), (3, 192), (192, 4)])
def test_weights_of_another_shape_are_refused(tmp_path, shape):
    def other(root):
        del root["layers/dense/vars/0"]
        root["layers/dense/vars/0"] = np.zeros(shape, "float32")
        root["more"] = np.zeros(9, "float32")  # so that the number of weights would do

    (tmp_path / "wrong_shape.keras").write_bytes(keras_file(weights_=weights(other)))

    answer = intake.check(tmp_path / "wrong_shape.keras")
    assert (answer["accepted"], answer["kind"]) == (False, "corrupt-model")
    assert "weights of 192 x 3, which its file doesn't hold" in answer["message"]


def test_weights_that_no_file_holds_are_refused(tmp_path):
    (tmp_path / "model.keras").write_bytes(keras_file(network(dense("a", 5000))))

    with pytest.raises(Refused, match="asks for 975,003 weights, and its file holds 579"):
        modelfiles.scan(tmp_path / "model.keras")


def test_open_sides_count_as_those_of_an_ordinary_photograph():
    pictures = keras.Input((None, None, 3))
    model = keras.Model(pictures, L.Conv2D(4, 3, strides=2, padding="same")(pictures))

    assert cost(described(model)).tensors == 4 * 112 * 112 * 4
