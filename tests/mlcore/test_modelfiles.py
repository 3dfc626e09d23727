"""A model file is looked through without Keras: ordinary networks pass, everything else is named and refused."""

import contextlib
import json
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest

from mlcore import modelfiles
from mlcore.errors import Kind, Refused
from mlcore.modelfiles import allowed
from mlcore.modelfiles.scan import read
from tests import odd_models as odd
from tests.odd_models import Case, keras_file, layer, network, weights

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")  # zipfile, on what the tests write


@pytest.fixture
def written(tmp_path):
    """Writes bytes to a file and gives its path."""

    def write(data: bytes, name: str = "model.keras"):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


def test_an_ordinary_network_passes(written):
    found = modelfiles.scan(written(keras_file()))

    assert found == modelfiles.ModelFile(input_shape=(8, 8, 3), outputs=3, layers=3)


@pytest.mark.parametrize("case", odd.refused(), ids=str)
def test_a_bad_model_is_refused_for_its_reason(case: Case, written):
    path = written(case.make())
    started = time.process_time()
    with pytest.raises(Refused) as refusal:
        modelfiles.scan(path)

    assert refusal.value.kind == case.kind
    assert refusal.value.message.endswith(".")
    assert "\n" not in refusal.value.message
    assert time.process_time() - started < 5


@pytest.mark.parametrize("name", ["old.h5", "model.onnx", "weights.safetensors", "model.pt", "saved_model.pb"])
def test_other_formats_are_told_how_to_become_one(written, name):
    with pytest.raises(Refused, match=r"save it as \.keras") as refusal:
        modelfiles.scan(written(b"anything at all", name))
    assert refusal.value.kind == Kind.UNSUPPORTED_MODEL_FORMAT


def test_a_file_over_the_limit_is_refused_unread():
    path = odd.sparse_giant()
    try:
        with pytest.raises(Refused) as refusal:
            modelfiles.scan(path)
    finally:
        path.unlink()
    assert refusal.value.kind == Kind.MODEL_TOO_LARGE


def test_what_a_network_was_trained_with_doesnt_matter(written):
    described = network() | {
        "compile_config": {"optimizer": layer("Adam", "keras.optimizers"), "loss": layer("Mine", "x")}
    }

    assert modelfiles.scan(written(keras_file(described))).layers == 3


def test_a_repacked_file_passes(written):
    assert modelfiles.scan(written(keras_file(method=zipfile.ZIP_DEFLATED))).outputs == 3


def test_weights_that_are_reached_twice_are_read_once(written):
    assert modelfiles.scan(written(keras_file(weights_=weights(odd._ring)))).outputs == 3


def test_whole_numbers_and_half_numbers_are_weights(written):
    def fill(root):
        root["seed"] = np.array([1, 2], "uint32")
        root["half"] = np.ones(3, "float16")
        root["scalar"] = np.float64(3)
        root["empty"] = np.zeros((0, 4), "float32")

    assert modelfiles.scan(written(keras_file(weights_=weights(fill)))).outputs == 3


@pytest.mark.parametrize("registered", sorted(allowed.OWN))
def test_our_own_layers_pass(written, registered):
    frames = {"layer": layer("ReLU", name="inner")} if registered == "vitrine>EachFrame" else {}
    pictures = layer("Reshape", name="pictures", target_shape=[8, 8, 3])
    own = layer(allowed.OWN[registered], "mlcore.custom_layers", **frames) | {"registered_name": registered}

    assert read(network(pictures, own)).layers == 5 + bool(frames)


def test_outputs_follow_the_connections():
    def node(name, *sources, **config):
        history = [{"class_name": "__keras_tensor__", "config": {"keras_history": [one, 0, 0]}} for one in sources]
        return {"name": name, **config, "inbound_nodes": [{"args": history, "kwargs": {}}] if sources else []}

    layers = [
        node("in", **layer("InputLayer", batch_shape=[None, 5, 6, 1])),
        node("a", "in", **layer("Dense", units=11)),
        node("b", "a", **layer("Dense", units=22)),
        node("act", "a", **layer("Softmax")),
    ]
    described = layer("Functional", "keras", layers=layers, input_layers=["in", 0, 0], output_layers=["act", 0, 0])

    assert read(described) == modelfiles.ModelFile((5, 6, 1), 11, 4)


@pytest.mark.parametrize("damage", range(60))
def test_a_damaged_model_is_read_or_refused(damage, written):
    rng, data = np.random.default_rng(damage), bytearray(keras_file())
    for _ in range(3):
        data[int(rng.integers(len(data)))] = int(rng.integers(256))
    with contextlib.suppress(Refused):
        assert modelfiles.scan(written(bytes(data))).layers > 0


def test_what_our_keras_saves_passes(tmp_path):
    import keras

    import mlcore.custom_layers

    pictures = keras.Input((16, 16, 3), dtype="uint8")
    x = mlcore.custom_layers.Whitening(8)(keras.ops.cast(pictures, "float32"))
    x = keras.layers.Conv2D(4, 3, activation="gelu", kernel_regularizer="l2")(x / 2.0 + 1)
    x = keras.layers.BatchNormalization()(keras.ops.relu(x))
    x = keras.layers.GlobalAveragePooling2D()(keras.activations.silu(x))
    x = keras.Sequential([keras.Input((4,)), keras.layers.Dropout(0.1, seed=3), keras.layers.Dense(7)])(x)
    network = keras.Model(pictures, keras.layers.Activation("softmax")(x * 0.1))
    network.compile(keras.optimizers.Adam(), keras.losses.CategoricalCrossentropy())
    network.save(tmp_path / "model.keras")

    found = modelfiles.scan(tmp_path / "model.keras")

    assert (found.input_shape, found.outputs) == ((16, 16, 3), 7)


def test_every_allowed_name_is_one_of_keras():
    import keras

    assert [name for name in allowed.LAYERS if not hasattr(keras.layers, name)] == []
    assert [name for name in allowed.FUNCTIONS if not hasattr(keras.activations, name)] == []
    places = (keras.initializers, keras.regularizers, keras.constraints, keras.dtype_policies, keras.random)
    assert [name for name in allowed.PARTS if not any(hasattr(place, name) for place in places)] == []


def test_looking_through_a_model_loads_no_keras(written):
    code = (
        "import sys; from mlcore import modelfiles; modelfiles.scan(sys.argv[1])\n"
        "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, written(keras_file())], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_tests_build_what_keras_can_describe(written):
    """The hand-made file is no straw man: it has the parts that Keras writes."""
    with zipfile.ZipFile(written(keras_file())) as archive:
        assert sorted(archive.namelist()) == ["config.json", "metadata.json", "model.weights.h5"]
        assert json.loads(archive.read("config.json"))["class_name"] == "Sequential"


@pytest.mark.parametrize("wrapper", ["cnn-rnn", "conv-lstm", "frame-average"])
def test_our_networks_for_clips_pass_and_say_what_they_take(tmp_path, wrapper):
    from mlcore import architectures

    architectures.build(wrapper, {}, (4, 16, 16, 3), 5).save(tmp_path / "model.keras")

    found = modelfiles.scan(tmp_path / "model.keras")
    assert (found.input_shape, found.outputs) == ((4, 16, 16, 3), 5)


def test_keras_own_layers_for_sequences_pass(tmp_path):
    import keras
    from keras import layers

    stack = [
        keras.Input((4, 12, 12, 3)),
        layers.TimeDistributed(layers.Conv2D(4, 3)),
        layers.ConvLSTM2D(4, 3, return_sequences=True),
        layers.TimeDistributed(layers.GlobalAveragePooling2D()),
        layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
        layers.RNN(layers.StackedRNNCells([layers.GRUCell(4), layers.SimpleRNNCell(4)])),
        layers.Dense(3),
    ]
    keras.Sequential(stack).save(tmp_path / "model.keras")

    assert modelfiles.scan(tmp_path / "model.keras").outputs == 3
