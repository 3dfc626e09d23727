"""Model files made by hand: good ones, broken ones and ones that would do harm if Keras were let near them."""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from mlcore.errors import Kind


@dataclass(frozen=True)
class Case:
    """A model file and the refusal it gets."""

    name: str
    make: Callable[[], bytes]
    kind: Kind

    def __str__(self):
        return self.name


def layer(class_name: str, module: str = "keras.layers", **config) -> dict:
    """One layer as Keras describes it."""
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}


def network(*layers: dict) -> dict:
    """A plain row of layers from 8 x 8 pictures to three classes, with others put in between."""
    first = layer("InputLayer", batch_shape=[None, 8, 8, 3], dtype="float32", name="in")
    last = layer("Dense", units=3, activation="softmax", name="out")
    return layer("Sequential", "keras", name="net", layers=[first, layer("Flatten", name="flat"), *layers, last])


def weights(fill: Callable[[h5py.File], None] | None = None, value: float = 0.5) -> bytes:
    """The weights of the row: a kernel and a bias; `fill` adds more."""
    file = io.BytesIO()
    with h5py.File(file, "w") as root:
        root["layers/dense/vars/0"] = np.full((192, 3), value, "float32")
        root["layers/dense/vars/1"] = np.zeros(3, "float32")
        if fill:
            fill(root)
    return file.getvalue()


def keras_file(config=None, weights_=None, method: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    """A .keras file; members given by name replace or join the usual three, None leaves one out."""
    content = {
        "metadata.json": b'{"keras_version": "3.15.1", "date_saved": "2025-01-01@00:00:00"}',
        "config.json": config if isinstance(config, bytes) else json.dumps(config or network()).encode(),
        "model.weights.h5": weights() if weights_ is None else weights_,
    }
    content |= members
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in content.items():
            if data is not None:
                archive.writestr(name, data)
    return file.getvalue()


def zip_of(**members: bytes) -> bytes:
    """A ZIP that is no .keras file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def _function(name: str, module: str = "builtins", registered: str | None = None) -> dict:
    return {"module": module, "class_name": "function", "config": name, "registered_name": registered or name}


def _external(root: h5py.File) -> None:
    root["more"] = h5py.ExternalLink("/etc/passwd", "/")


def _soft(root: h5py.File) -> None:
    root["more"] = h5py.SoftLink("/layers")


def _ring(root: h5py.File) -> None:
    root["layers/again"] = root["layers"]


def _elsewhere(root: h5py.File) -> None:
    root.create_dataset("more", (4,), "float32", external=[("/etc/passwd", 0, 16)])


def _virtual(root: h5py.File) -> None:
    layout = h5py.VirtualLayout((4,), "float32")
    layout[:] = h5py.VirtualSource("/etc/hostname", "x", (4,))
    root.create_virtual_dataset("more", layout)


def _huge(root: h5py.File) -> None:
    root.create_dataset("more", (1 << 40,), "float32", chunks=(1 << 20,))


def _inflating(root: h5py.File) -> None:
    root.create_dataset("more", data=np.zeros(30_000_000, "float32"), compression="gzip")


def _wide_chunk(root: h5py.File) -> None:
    shape, chunk = {"shape": (1,), "maxshape": (None,)}, (2_000_000,)
    more = root.create_dataset("more", **shape, dtype="float32", chunks=chunk, compression="gzip")
    more.id.write_direct_chunk((0,), b"whoever unpacks this says that it is damaged")


def _text(root: h5py.File) -> None:
    root["more"] = ["some", "text"]


def _nested(depth: int) -> bytes:
    return b'{"class_name": "Sequential", "config": ' + b"[" * depth + b"]" * depth + b"}"


def _wrapped(depth: int) -> dict:
    inner = layer("Dense", units=3)
    for _ in range(depth):
        inner = layer("TimeDistributed", layer=inner)
    return inner


def refused() -> list[Case]:
    """Model files that have to be refused, each for the right reason."""
    unsafe, unknown, broken = Kind.UNSAFE_MODEL, Kind.UNKNOWN_LAYER, Kind.CORRUPT_MODEL
    large, other, nan = Kind.MODEL_TOO_LARGE, Kind.UNSUPPORTED_MODEL_FORMAT, Kind.NON_FINITE_WEIGHTS
    good = keras_file()

    def with_layer(*layers: dict) -> Callable[[], bytes]:
        return lambda: keras_file(network(*layers))

    def with_weights(fill) -> Callable[[], bytes]:
        return lambda: keras_file(weights_=weights(fill))

    return [
        Case(
            "Lambda",
            with_layer(layer("Lambda", function={"class_name": "__lambda__", "config": {"value": "4wA="}})),
            unsafe,
        ),
        Case(
            "Lambda of a Keras function",
            with_layer(layer("Lambda", function=_function("get_file", "keras.utils"))),
            unsafe,
        ),
        Case(
            "bytecode as an activation",
            with_layer(layer("Dense", units=3, activation={"class_name": "__lambda__", "config": {"value": "4wA="}})),
            unsafe,
        ),
        Case(
            "a function that is no activation",
            with_layer(layer("Dense", units=3, activation=_function("set_random_seed", "keras.utils"))),
            unsafe,
        ),
        Case(
            "a function under an activation's name",
            with_layer(layer("Dense", units=3, activation=_function("relu", "keras.activations", "get_file"))),
            unsafe,
        ),
        Case(
            "an activation from elsewhere",
            with_layer(layer("Dense", units=3, activation=_function("relu", "os"))),
            unsafe,
        ),
        *(
            Case(name, with_layer(layer(name)), unsafe)
            for name in (
                "TFSMLayer",
                "TorchModuleWrapper",
                "JaxLayer",
                "StringLookup",
                "IntegerLookup",
                "TextVectorization",
            )
        ),
        Case(
            "a hidden Lambda",
            with_layer(layer("TimeDistributed", layer=layer("Bidirectional", layer=layer("Lambda")))),
            unsafe,
        ),
        Case(
            "a Lambda over each frame",
            with_layer(
                layer("EachFrame", "mlcore.custom_layers", layer=layer("Lambda"))
                | {"registered_name": "vitrine>EachFrame"}
            ),
            unsafe,
        ),
        Case(
            "a Lambda as a recurrent cell",
            with_layer(layer("RNN", cell=layer("StackedRNNCells", cells=[layer("Lambda")]))),
            unsafe,
        ),
        Case("a recurrent cell of somebody's own", with_layer(layer("RNN", cell=layer("MyCell", "mine"))), unknown),
        Case("a recurrent layer of 70,000 units", with_layer(layer("GRU", units=70_000)), large),
        Case("wrappers 100 deep", with_layer(_wrapped(100)), large),
        Case("a Lambda in a nested network", with_layer(network(layer("Lambda"))), unsafe),
        Case("a Lambda beside the network", lambda: keras_file(network() | {"build_config": layer("Lambda")}), unsafe),
        Case(
            "a nested network's training",
            lambda: keras_file(network(network() | {"compile_config": {"loss": layer("Thing")}})),
            unknown,
        ),
        Case("a layer of somebody's own", with_layer(layer("MyLayer", "my_package")), unknown),
        Case("a known layer from elsewhere", with_layer(layer("Dense", "evil.layers", units=3)), unknown),
        Case("a class that is no layer", with_layer(layer("get_file", "keras.utils")), unknown),
        Case("a class of Python", with_layer(layer("system", "os")), unknown),
        Case(
            "a registered name that isn't its own",
            with_layer(layer("Dense", units=3) | {"registered_name": "somebody>Evil"}),
            unknown,
        ),
        Case(
            "our registered name on another class",
            with_layer(layer("Evil", "mlcore.custom_layers") | {"registered_name": "vitrine>Whitening"}),
            unknown,
        ),
        Case("an unknown activation", with_layer(layer("Dense", units=3, activation="evil")), unknown),
        Case("a billion units", with_layer(layer("Dense", units=10**9)), large),
        Case("70,000 filters", with_layer(layer("Conv2D", filters=70_000, kernel_size=[3, 3])), large),
        Case("a window of a million", with_layer(layer("ZeroPadding2D", padding=[[10**6, 10**6], [0, 0]])), large),
        Case("a picture of a billion rows", with_layer(layer("InputLayer", batch_shape=[None, 10**9, 8, 3])), large),
        Case("3,000 layers", lambda: keras_file(network(*[layer("ReLU")] * 3000)), large),
        Case("a million values", with_layer(layer("Normalization", mean=[0.0] * 1_000_000)), large),
        Case("nested 100,000 deep", lambda: keras_file(_nested(100_000)), large),
        Case("a description of 21 MB", lambda: keras_file(b" " * 21_000_000, method=zipfile.ZIP_DEFLATED), large),
        Case("weights that aren't numbers", lambda: keras_file(weights_=weights(value=np.nan)), nan),
        Case("weights without end", lambda: keras_file(weights_=weights(value=-np.inf)), nan),
        Case("one weight of a million", with_weights(_one_nan), nan),
        Case("a link to another file", with_weights(_external), unsafe),
        Case("a link inside", with_weights(_soft), unsafe),
        Case("weights in another file", with_weights(_elsewhere), unsafe),
        Case("weights put together from other files", with_weights(_virtual), unsafe),
        Case("text among the weights", with_weights(_text), unsafe),
        Case("4 TB of weights in nothing", with_weights(_huge), large),
        Case("120 MB of weights in little", with_weights(_inflating), large),
        Case("8 MB for one number", with_weights(_wide_chunk), large),
        Case(
            "weights that unpack to much more",
            lambda: keras_file(weights_=weights(_plain_zeros), method=zipfile.ZIP_DEFLATED),
            large,
        ),
        Case("weights that are no HDF5", lambda: keras_file(weights_=b"weights"), broken),
        Case("weights cut off", lambda: keras_file(weights_=weights()[:3000]), broken),
        Case("no weights", lambda: keras_file(**{"model.weights.h5": None}), broken),
        Case("no metadata", lambda: keras_file(**{"metadata.json": None}), broken),
        Case("metadata that are no JSON", lambda: keras_file(**{"metadata.json": b"x"}), broken),
        Case("a description that is no JSON", lambda: keras_file(b"{"), broken),
        Case("a description that is a list", lambda: keras_file(b"[]"), broken),
        Case("a description of something else", lambda: keras_file(b'{"class_name": "Dense", "config": {}}'), broken),
        Case("a network's class that is a table", lambda: keras_file(network() | {"class_name": {"a": 1}}), broken),
        Case("a description of numbers for names", lambda: keras_file(network(layer("Dense") | {"module": 7})), broken),
        Case(
            "a class name that is a list",
            lambda: keras_file(network(layer("Dense") | {"class_name": ["Dense"]})),
            broken,
        ),
        Case("a third thing inside", lambda: keras_file(**{"assets/vocabulary.txt": b"x"}), unsafe),
        Case("a path out of the file", lambda: keras_file(**{"../evil.py": b"x"}), unsafe),
        Case("a part twice", _twice, unsafe),
        Case("cut off", lambda: good[:-50], broken),
        Case("cut in half", lambda: good[: len(good) // 2], broken),
        Case("noise", lambda: np.random.default_rng(0).bytes(5000), broken),
        Case("nothing", lambda: b"", Kind.EMPTY_FILE),
        Case("HDF5", weights, other),
        Case("TensorFlow Lite", lambda: b"\x1c\0\0\0TFL3" + bytes(100), other),
        Case("Python objects", lambda: b"\x80\x04\x95" + bytes(100), other),
        Case("PyTorch", lambda: zip_of(**{"archive/data.pkl": b"x", "archive/version": b"3"}), other),
        Case(
            "SavedModel in a ZIP",
            lambda: zip_of(**{"model/saved_model.pb": b"x", "model/variables/variables.index": b"x"}),
            other,
        ),
        Case("NumPy arrays", lambda: zip_of(**{"w.npy": b"x", "b.npy": b"x"}), other),
    ]


def _one_nan(root: h5py.File) -> None:
    values = np.zeros((1000, 1000), "float32")
    values[-1, -1] = np.nan
    root["more"] = values


def _plain_zeros(root: h5py.File) -> None:
    root["more"] = np.zeros(20_000_000, "float32")


def _twice() -> bytes:
    file = io.BytesIO(keras_file())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("config.json", json.dumps(network(layer("Lambda"))))
    return file.getvalue()


def sparse_giant() -> Path:
    """A file that looks like a ZIP of 700 MB and takes no space."""
    with tempfile.NamedTemporaryFile(suffix=".keras", delete=False) as file:
        file.write(keras_file())
        file.truncate(700_000_000)
    return Path(file.name)
